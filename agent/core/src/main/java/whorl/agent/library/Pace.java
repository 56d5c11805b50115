package whorl.agent.library;

import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import whorl.agent.capture.BackgroundYield;

/**
 * Keeps the work on jars slow: no more than some bytes a second are read or decompressed, and the
 * application's threads run first. For one thread.
 */
final class Pace {
  private static final long SLEEP_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** Suspends the thread. */
  @FunctionalInterface
  interface Sleeper {
    void sleep(long nanos) throws InterruptedException;
  }

  private final long bytesPerSecond;
  private final LongSupplier nanoClock;
  private final Sleeper sleeper;
  private final BackgroundYield yield = new BackgroundYield();
  private long freeNanos;

  Pace(long bytesPerSecond) {
    this(bytesPerSecond, System::nanoTime, TimeUnit.NANOSECONDS::sleep);
  }

  Pace(long bytesPerSecond, LongSupplier nanoClock, Sleeper sleeper) {
    this.bytesPerSecond = bytesPerSecond;
    this.nanoClock = nanoClock;
    this.sleeper = sleeper;
    this.freeNanos = nanoClock.getAsLong();
  }

  /**
   * Waits until these bytes are due.
   *
   * @throws InterruptedIOException if the thread is interrupted, and it stays so
   */
  void worked(long bytes) throws InterruptedIOException {
    yield.giveWay();
    long now = nanoClock.getAsLong();
    long due = bytes * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
    freeNanos = (freeNanos - now > 0 ? freeNanos : now) + due;
    if (freeNanos - now > SLEEP_MIN_NANOS) {
      try {
        sleeper.sleep(freeNanos - now);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while jars were read");
      }
    }
  }
}
