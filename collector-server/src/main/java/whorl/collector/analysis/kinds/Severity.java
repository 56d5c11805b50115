package whorl.collector.analysis.kinds;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The severity of a finding, the most severe first. */
public enum Severity {
  /** The intruder's own code or program ran, or persists. */
  CRITICAL,
  /** No legitimate application does this. */
  HIGH,
  /** Rarely legitimate, or an attempt that failed. */
  MEDIUM,
  /** Legitimate programs do it, too. */
  LOW,
  /** Not suspicious; for the reader's information. */
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

  /** Returns the more severe of the two. */
  public Severity or(Severity other) {
    return compareTo(other) <= 0 ? this : other;
  }

  public boolean atLeast(Severity other) {
    return compareTo(other) <= 0;
  }
}
