package whorl.collector.store.triage;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import whorl.evidence.Text;

/** What was decided about an alert; the least finished first. */
public enum TriageState {
  /** Nobody has looked at it. */
  OPEN,
  /** Somebody works on it. */
  ACKNOWLEDGED,
  /** It is dealt with, or over. */
  RESOLVED,
  /** It was no attack. */
  FALSE_POSITIVE;

  /**
   * @throws IllegalArgumentException if {@code word} is none of the four
   */
  @JsonCreator
  public static TriageState of(String word) {
    for (TriageState state : values()) {
      if (state.word().equals(word)) {
        return state;
      }
    }
    throw new IllegalArgumentException(
        "not a state ("
            + Arrays.stream(values()).map(TriageState::word).collect(Collectors.joining(", "))
            + "): "
            + Text.shortened(word));
  }

  /** The lower-case word of the API and the rows. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** True if no more is to be done about it. */
  public boolean isClosed() {
    return this == RESOLVED || this == FALSE_POSITIVE;
  }
}
