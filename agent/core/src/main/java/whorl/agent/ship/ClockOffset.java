package whorl.agent.ship;

import java.time.Duration;
import java.time.Instant;

/**
 * What must be added to this JVM's clock to get the collector's, as far as that can be told. The
 * collector says its time at some moment between a question and its answer; nobody knows at which,
 * so the middle is taken, and half of the round trip is the uncertainty.
 */
final class ClockOffset {
  /** Times are told in milliseconds at worst, on both sides. */
  private static final Duration RESOLUTION = Duration.ofMillis(2);

  private ClockOffset() {}

  /**
   * @param arrived when the answer arrived, by this JVM's clock
   * @param told the time that the answer tells, by the collector's clock
   * @param roundTrip from the question to the answer
   * @return zero when the difference is not larger than its own uncertainty
   */
  static Duration of(Instant arrived, Instant told, Duration roundTrip) {
    Duration half = roundTrip.dividedBy(2);
    Duration offset = Duration.between(arrived.minus(half), told);
    return offset.abs().compareTo(half.plus(RESOLUTION)) <= 0 ? Duration.ZERO : offset;
  }
}
