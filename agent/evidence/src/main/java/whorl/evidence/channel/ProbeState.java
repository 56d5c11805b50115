package whorl.evidence.channel;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import whorl.evidence.Text;

/** How far a method probe has come in a JVM. */
public enum ProbeState {
  /** The class is not loaded yet. */
  WAITING,
  /** The methods are woven; calls are recorded. */
  RUNNING,
  /** Nothing was woven; the reason says why. */
  REFUSED,
  /** No call is recorded any more; the reason says why. */
  ENDED;

  /**
   * @throws IllegalArgumentException if {@code word} is no state
   */
  @JsonCreator
  public static ProbeState of(String word) {
    for (ProbeState state : values()) {
      if (state.word().equals(word)) {
        return state;
      }
    }
    throw new IllegalArgumentException("not a state of a probe: " + Text.shortened(word));
  }

  /** The lower-case word that JSON uses. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
