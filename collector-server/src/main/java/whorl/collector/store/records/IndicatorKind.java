package whorl.collector.store.records;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The kind of a value that two pieces of evidence may share. */
public enum IndicatorKind {
  /** A client that sent requests. */
  SOURCE_ADDRESS,
  /** The SHA-256 of a class file made at run time. */
  CLASS,
  /** The SHA-256 of a file, or the path of a dropped file. */
  FILE,
  /** A name or an address that was looked up or connected to. */
  HOST,
  /** A lookup in a naming service. */
  LOOKUP,
  /** The name of a class made at run time. */
  CLASS_NAME,
  /** A command that was started. */
  COMMAND,
  /** The user agent of a client. */
  USER_AGENT,
  /** The id of the signing key; one process only. */
  AGENT_KEY;

  @JsonCreator
  static IndicatorKind of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT).replace(' ', '_'));
  }

  /** The word, such as {@code source address}. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
