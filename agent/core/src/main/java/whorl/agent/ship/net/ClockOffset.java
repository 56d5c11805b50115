package whorl.agent.ship.net;

import java.time.Duration;
import java.time.Instant;

/**
 * The offset to add to this JVM's clock to get the collector's, as far as it can be estimated. The
 * collector reads its clock at an unknown moment between request and answer, so the middle is
 * assumed, and half of the round trip is the uncertainty.
 */
public final class ClockOffset {
  /** Both sides report times in milliseconds at worst. */
  private static final Duration RESOLUTION = Duration.ofMillis(2);

  private ClockOffset() {}

  /**
   * @param arrived when the answer arrived, by this JVM's clock
   * @param reported the time in the answer, by the collector's clock
   * @param roundTrip from the request to the answer
   * @return zero if the difference is not larger than its uncertainty
   */
  public static Duration of(Instant arrived, Instant reported, Duration roundTrip) {
    Duration half = roundTrip.dividedBy(2);
    Duration offset = Duration.between(arrived.minus(half), reported);
    return offset.abs().compareTo(half.plus(RESOLUTION)) <= 0 ? Duration.ZERO : offset;
  }
}
