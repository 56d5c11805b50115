package whorl.agent.capture;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Lets the application's threads run first while the agent does bulk work. A thread that wakes up
 * for a request may have to wait for the end of the working thread's time slice, some milliseconds
 * at each step of the request. So the work yields every tenth of a millisecond. It never waits
 * longer for its next turn than it has worked, so that it still progresses when all processors are
 * busy. For one thread.
 */
public final class BackgroundYield {
  private static final long TURN_NANOS = TimeUnit.MICROSECONDS.toNanos(100);
  private static final long CREDIT_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final LongSupplier nanoClock;
  private final Runnable yieldAction;
  private long turnSinceNanos;

  /** How long it may still wait for others. */
  private long creditNanos;

  public BackgroundYield() {
    this(System::nanoTime, Thread::yield);
  }

  BackgroundYield(LongSupplier nanoClock, Runnable yieldAction) {
    this.nanoClock = nanoClock;
    this.yieldAction = yieldAction;
    this.turnSinceNanos = nanoClock.getAsLong();
  }

  /** Call this repeatedly in bulk work; it costs little until the next turn is due. */
  public void giveWay() {
    long nowNanos = nanoClock.getAsLong();
    long workedNanos = nowNanos - turnSinceNanos;
    if (workedNanos < TURN_NANOS) {
      return;
    }
    turnSinceNanos = nowNanos;
    creditNanos = Math.min(creditNanos + workedNanos, CREDIT_MAX_NANOS);
    if (creditNanos > 0) {
      yieldAction.run();
      turnSinceNanos = nanoClock.getAsLong();
      creditNanos -= turnSinceNanos - nowNanos;
    }
  }
}
