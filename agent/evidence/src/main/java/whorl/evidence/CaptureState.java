package whorl.evidence;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How far a capture has come. */
public enum CaptureState {
  /** Asked for; the agent has not answered yet. */
  REQUESTED,
  /** The agent is freezing state. */
  RUNNING,
  /** Artifacts are under way. */
  SHIPPING,
  /** The collector has all of it, verified. */
  SEALED,
  /** The agent is gone; what had arrived is kept. */
  PARTIAL,
  /** Nothing came of it; the reason says why. */
  FAILED;

  /**
   * @throws IllegalArgumentException when {@code word} is no state
   */
  @JsonCreator
  public static CaptureState of(String word) {
    for (CaptureState state : values()) {
      if (state.word().equals(word)) {
        return state;
      }
    }
    throw new IllegalArgumentException("not a capture state: " + Text.shortened(word));
  }

  /** The lower-case word that JSON uses. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether nothing more will come. */
  public boolean ended() {
    return this == SEALED || this == PARTIAL || this == FAILED;
  }
}
