package whorl.agent.heap;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures the pause of the application: a thread reads the clock every millisecond, and keeps the
 * longest interval in which it could not.
 */
final class PauseMeter implements AutoCloseable {
  private static final long TICK_NANOS = 1_000_000;

  private volatile boolean stopped;
  private volatile long longestNanos;

  /** Measured from here, because the thread may not run before the pause is over. */
  private final long startNanos = System.nanoTime();

  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread thread;

  private PauseMeter(ThreadFactory threads) {
    thread = threads.newThread(this::tick);
    thread.setName("whorl-pause");
  }

  static PauseMeter start(ThreadFactory threads) {
    PauseMeter meter = new PauseMeter(threads);
    meter.thread.start();
    return meter;
  }

  private void tick() {
    long last = startNanos;
    boolean running = true;
    while (running) {
      LockSupport.parkNanos(TICK_NANOS);
      // read before the clock: the time until the stop belongs to the measurement
      running = !stopped;
      long now = System.nanoTime();
      if (now - last > longestNanos) {
        longestNanos = now - last;
      }
      last = now;
    }
    ended.countDown();
  }

  /** The longest pause, after its end. */
  Duration stop() throws InterruptedException {
    stopped = true;
    boolean unused = ended.await(1, TimeUnit.SECONDS);
    return Duration.ofNanos(longestNanos);
  }

  @Override
  public void close() {
    stopped = true;
  }
}
