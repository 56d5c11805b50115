package whorl.collector.analysis.findings;

import java.util.Locale;

/**
 * The subject of a finding.
 *
 * @param value as in the evidence, cut if very long
 */
public record Subject(Kind kind, String value) {
  /** The kinds of subject. */
  public enum Kind {
    /** {@code GET /path}. */
    REQUEST,
    /** A path. */
    FILE,
    /** A host name that was looked up or connected to. */
    HOST,
    /** An IP address, with its port where it was connected to. */
    ADDRESS,
    CLASS,
    /** A command line. */
    PROCESS,
    /** A secret to rotate, because the intruder may know it. */
    SECRET,
    /** A SHA-256 of a file or class file. */
    HASH;

    @com.fasterxml.jackson.annotation.JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    @com.fasterxml.jackson.annotation.JsonCreator
    static Kind of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }
}
