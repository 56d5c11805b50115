package whorl.collector.store;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What kind of value two pieces of evidence may have in common. */
public enum IndicatorKind {
  /** Who sent requests. */
  SOURCE_ADDRESS,
  /** The SHA-256 of a class file made at run time. */
  CLASS,
  /** The SHA-256 of a file, or the path of one that was dropped. */
  FILE,
  /** A name or an address that was looked up or connected to. */
  HOST,
  /** What was looked up in a naming service. */
  LOOKUP,
  /** The id of the key that signed; one process's alone. */
  AGENT_KEY;

  @JsonCreator
  static IndicatorKind of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT).replace(' ', '_'));
  }

  /** Such as {@code source address}. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
