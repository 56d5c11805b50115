package whorl.evidence.channel;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import whorl.evidence.Text;

/** The progress of a capture. */
public enum CaptureState {
  /** Requested; the agent has not answered yet. */
  REQUESTED,
  /** The agent is freezing state. */
  RUNNING,
  /** Artifacts are being uploaded. */
  SHIPPING,
  /** The collector has all of it, verified. */
  SEALED,
  /** The agent is gone; the artifacts that had arrived are kept. */
  PARTIAL,
  /** There is no evidence; the reason explains why. */
  FAILED;

  /**
   * @throws IllegalArgumentException if {@code word} is no state
   */
  @JsonCreator
  public static CaptureState of(String word) {
    for (CaptureState state : values()) {
      if (state.word().equals(word)) {
        return state;
      }
    }
    throw new IllegalArgumentException(
        "not a capture state (requested, running, shipping, sealed, partial, failed): "
            + Text.shortened(word));
  }

  /** The lower-case word that JSON uses. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** True if no more artifacts will arrive. */
  public boolean ended() {
    return this == SEALED || this == PARTIAL || this == FAILED;
  }
}
