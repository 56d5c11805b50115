package whorl.agent.ship.tus;

import java.time.Duration;

/** The result of one attempt to ship evidence. */
public sealed interface ShipResult {
  /** The collector has sealed it, or has everything there is of partial evidence. */
  record Accepted() implements ShipResult {}

  /** It was sealed before; an acknowledgement was lost. */
  record Duplicate() implements ShipResult {}

  /**
   * It can never be sealed.
   *
   * @param status of the collector's answer; 0 if a part of it cannot be shipped any more
   */
  record Rejected(int status, String reason) implements ShipResult {}

  /** Not now, but the collector is up: all slots are taken, or its disk is full. */
  record Postponed(String reason, Duration retryAfter) implements ShipResult {}

  /** It belongs to another identity. Other evidence may be taken. */
  record NotOurs(String reason) implements ShipResult {}

  /** The token or certificate is not accepted. */
  record Unauthorized(String reason) implements ShipResult {}

  /** The connection broke, or there was none. Bytes that arrived are not sent again. */
  record Unreachable(String reason) implements ShipResult {}
}
