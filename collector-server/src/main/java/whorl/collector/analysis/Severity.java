package whorl.collector.analysis;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How grave a finding is, the gravest first. */
public enum Severity {
  /** The intruder's own code or program ran, or stays. */
  CRITICAL,
  /** Something was done that no application does in good faith. */
  HIGH,
  /** Hardly ever in good faith, or tried and failed. */
  MEDIUM,
  /** Ordinary programs do it too. */
  LOW,
  /** No suspicion; a reader should know it. */
  INFORMATIONAL;

  @JsonCreator
  public static Severity of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  /** The lower-case word of the API. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The graver of the two. */
  Severity or(Severity other) {
    return compareTo(other) <= 0 ? this : other;
  }

  boolean atLeast(Severity other) {
    return compareTo(other) <= 0;
  }
}
