package whorl.evidence;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The severity of an alert, in Sigma's words, lowest first. */
public enum Level {
  INFORMATIONAL,
  LOW,
  MEDIUM,
  HIGH,
  CRITICAL;

  /**
   * @throws IllegalArgumentException if {@code word} is none of the five
   */
  @JsonCreator
  public static Level of(String word) {
    for (Level level : values()) {
      if (level.word().equals(word)) {
        return level;
      }
    }
    throw new IllegalArgumentException(
        "not a level (informational, low, medium, high, critical): " + Text.shortened(word));
  }

  /** The lower-case word that rules and JSON use. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
