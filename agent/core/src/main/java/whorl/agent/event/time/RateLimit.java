package whorl.agent.event.time;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Admits a number of calls a second, of all threads together, and counts the rest. Without a lock.
 */
public final class RateLimit {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final int perSecond;
  private final AtomicLong second = new AtomicLong();
  private final AtomicInteger admitted = new AtomicInteger();
  private final LongAdder refused = new LongAdder();

  public RateLimit(int perSecond) {
    this.perSecond = perSecond;
  }

  /**
   * @param nanos from a clock that does not go back much
   */
  public boolean admits(long nanos) {
    long now = nanos / NANOS_PER_SECOND;
    long current = second.get();
    if (now != current && second.compareAndSet(current, now)) {
      admitted.set(0);
    }
    // The first check keeps threads from contending for the counter during a flood.
    if (admitted.get() < perSecond && admitted.incrementAndGet() <= perSecond) {
      return true;
    }
    refused.increment();
    return false;
  }

  public long refused() {
    return refused.sum();
  }
}
