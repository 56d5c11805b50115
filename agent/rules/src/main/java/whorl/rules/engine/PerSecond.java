package whorl.rules.engine;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits the number of admissions within one second of event time, over all threads. Without a
 * lock.
 */
final class PerSecond {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final int COUNT_BITS = 16;
  private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;

  private final int max;

  /** The last second, and in the lowest bits the number admitted in it. */
  private final AtomicLong admitted = new AtomicLong();

  /**
   * @param max at most 65,534
   */
  PerSecond(int max) {
    this.max = max;
  }

  boolean admits(long epochNanos) {
    long second = epochNanos / NANOS_PER_SECOND;
    while (true) {
      long seen = admitted.get();
      long next = seen >> COUNT_BITS == second ? seen + 1 : (second << COUNT_BITS) + 1;
      if ((next & COUNT_MASK) > max) {
        return false;
      }
      if (admitted.compareAndSet(seen, next)) {
        return true;
      }
    }
  }
}
