package whorl.agent.event;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** So many a second, whoever asks; what is refused is counted. Without a lock. */
public final class RateLimit {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final int perSecond;
  private final AtomicLong second = new AtomicLong();
  private final AtomicInteger taken = new AtomicInteger();
  private final LongAdder refused = new LongAdder();

  public RateLimit(int perSecond) {
    this.perSecond = perSecond;
  }

  /**
   * @param nanos a clock that does not go back much
   */
  public boolean admits(long nanos) {
    long now = nanos / NANOS_PER_SECOND;
    long current = second.get();
    if (now != current && second.compareAndSet(current, now)) {
      taken.set(0);
    }
    // Under a flood the first look decides, and threads do not wait for each other to count.
    if (taken.get() < perSecond && taken.incrementAndGet() <= perSecond) {
      return true;
    }
    refused.increment();
    return false;
  }

  public long refused() {
    return refused.sum();
  }
}
