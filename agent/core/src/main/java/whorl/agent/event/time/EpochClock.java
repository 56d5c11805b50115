package whorl.agent.event.time;

import java.time.Instant;

/**
 * Nanoseconds since 1970 without allocation: reads the wall clock once and adds the monotonic
 * clock. {@link #adjust} follows changes of the wall clock; an agent thread calls it periodically.
 */
public class EpochClock {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final long madeNanos = System.nanoTime();
  private volatile long epochMinusMonotonic;

  public EpochClock() {
    adjust();
  }

  public long nanos() {
    return System.nanoTime() + epochMinusMonotonic;
  }

  /** Nanoseconds since this clock was made, that is, since the agent started. */
  public long ageNanos() {
    return System.nanoTime() - madeNanos;
  }

  /** Sets this clock from the wall clock. */
  public void adjust() {
    Instant now = Instant.now();
    epochMinusMonotonic =
        now.getEpochSecond() * NANOS_PER_SECOND + now.getNano() - System.nanoTime();
  }
}
