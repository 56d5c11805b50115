package whorl.agent.event;

import java.time.Instant;

/**
 * Nanoseconds since 1970 without an allocation: the wall clock read once, and the monotonic clock
 * from there. {@link #adjust} follows what the wall clock does meanwhile; an agent thread calls it
 * now and then.
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

  /** Nanoseconds since this clock was made, which is when the agent started. */
  public long ageNanos() {
    return System.nanoTime() - madeNanos;
  }

  /** Sets the clock by the wall clock. */
  public void adjust() {
    Instant now = Instant.now();
    epochMinusMonotonic =
        now.getEpochSecond() * NANOS_PER_SECOND + now.getNano() - System.nanoTime();
  }
}
