package whorl.agent.capture;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Lets the application's threads go first while there is bulk work to do. A thread that wakes up
 * for a request may have to wait until the kernel's time slice of whoever works is over, some
 * milliseconds at each step of the request. So the work gives its slice up every tenth of a
 * millisecond; but it does not wait longer for its next turn than it has worked, lest it starve
 * where all processors are busy. For one thread.
 */
public final class BackgroundYield {
  private static final long TURN_NANOS = TimeUnit.MICROSECONDS.toNanos(100);
  private static final long CREDIT_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final LongSupplier nanoClock;
  private final Runnable yielding;
  private long turnSinceNanos;

  /** How long it may still wait for others. */
  private long creditNanos;

  public BackgroundYield() {
    this(System::nanoTime, Thread::yield);
  }

  BackgroundYield(LongSupplier nanoClock, Runnable yielding) {
    this.nanoClock = nanoClock;
    this.yielding = yielding;
    this.turnSinceNanos = nanoClock.getAsLong();
  }

  /** To be called over and over in bulk work; costs little while it is no time yet. */
  public void giveWay() {
    long nowNanos = nanoClock.getAsLong();
    long workedNanos = nowNanos - turnSinceNanos;
    if (workedNanos < TURN_NANOS) {
      return;
    }
    turnSinceNanos = nowNanos;
    creditNanos = Math.min(creditNanos + workedNanos, CREDIT_MAX_NANOS);
    if (creditNanos > 0) {
      yielding.run();
      turnSinceNanos = nanoClock.getAsLong();
      creditNanos -= turnSinceNanos - nowNanos;
    }
  }
}
