package whorl.collector.fleet.captures;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.channel.CaptureState;

/**
 * The end of a capture at the receiver: nothing more will arrive.
 *
 * @param state sealed, partial or failed
 * @param reason why it was captured; used for captures that the collector does not know yet
 * @param failure why it is not sealed; null when it is
 */
public record SealedCapture(
    Id capture,
    Id agent,
    String service,
    Id evidence,
    CaptureState state,
    String reason,
    @Nullable Alert alert,
    Instant at,
    @Nullable String failure) {
  /**
   * @throws IllegalArgumentException when {@code state} is not a final state
   */
  public SealedCapture {
    if (!state.ended()) {
      throw new IllegalArgumentException("capture " + capture + ": not an end: " + state.word());
    }
  }
}
