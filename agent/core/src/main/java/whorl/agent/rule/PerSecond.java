package whorl.agent.rule;

import java.util.concurrent.atomic.AtomicLong;

/** So many within a second of the events' time, whoever asks. Without a lock. */
final class PerSecond {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final int COUNT_BITS = 16;
  private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;

  private final int most;

  /** The second that was asked for last, and in the lowest bits how many there were in it. */
  private final AtomicLong admitted = new AtomicLong();

  /**
   * @param most at most 65,534
   */
  PerSecond(int most) {
    this.most = most;
  }

  boolean admits(long epochNanos) {
    long second = epochNanos / NANOS_PER_SECOND;
    while (true) {
      long seen = admitted.get();
      long next = seen >> COUNT_BITS == second ? seen + 1 : (second << COUNT_BITS) + 1;
      if ((next & COUNT_MASK) > most) {
        return false;
      }
      if (admitted.compareAndSet(seen, next)) {
        return true;
      }
    }
  }
}
