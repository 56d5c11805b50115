package whorl.agent.ship;

import java.time.Duration;

/** How one attempt to ship evidence ended. */
sealed interface ShipResult {
  /** The collector has sealed it, or has all there is of partial evidence. */
  record Accepted() implements ShipResult {}

  /** It was sealed before; an acknowledgement got lost. */
  record Duplicate() implements ShipResult {}

  /**
   * It can never be sealed.
   *
   * @param status of the collector's answer; 0 when some of it can't be shipped any more
   */
  record Rejected(int status, String reason) implements ShipResult {}

  /** Not now, but it is there and well: a turn has to be awaited, or its disk is full. */
  record Postponed(String reason, Duration retryAfter) implements ShipResult {}

  /** Token or certificate are not accepted. */
  record Unauthorized(String reason) implements ShipResult {}

  /** The line broke, or there was none. What has arrived is not sent again. */
  record Unreachable(String reason) implements ShipResult {}
}
