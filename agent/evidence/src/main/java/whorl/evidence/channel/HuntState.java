package whorl.evidence.channel;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import whorl.evidence.Text;

/** How an agent's work on a hunt ended. */
public enum HuntState {
  /** It has looked; its rows may be cut, see {@link AgentMessage.HuntAnswer#cut}. */
  ANSWERED,
  /** It did not look; the reason says why. */
  REFUSED,
  /** It could not look to the end, and has no rows; the reason says why. */
  FAILED;

  /**
   * @throws IllegalArgumentException if {@code word} is no state
   */
  @JsonCreator
  public static HuntState of(String word) {
    for (HuntState state : values()) {
      if (state.word().equals(word)) {
        return state;
      }
    }
    throw new IllegalArgumentException("not a state of a hunt: " + Text.shortened(word));
  }

  /** The lower-case word that JSON uses. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
