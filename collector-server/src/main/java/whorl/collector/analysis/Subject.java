package whorl.collector.analysis;

/**
 * What a finding is about.
 *
 * @param value as the evidence has it, cut where it is very long
 */
public record Subject(Kind kind, String value) {
  /** The kinds of subject. */
  public enum Kind {
    /** {@code GET /path}. */
    REQUEST,
    /** A path. */
    FILE,
    /** A name that was looked up or connected to. */
    HOST,
    /** An IP address, with its port where it was connected to. */
    ADDRESS,
    CLASS,
    /** A command line. */
    PROCESS,
    /** What should be changed, since others may know it now. */
    SECRET,
    /** A SHA-256 of a file or class file. */
    HASH;

    @com.fasterxml.jackson.annotation.JsonValue
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    @com.fasterxml.jackson.annotation.JsonCreator
    static Kind of(String word) {
      return valueOf(word.toUpperCase(java.util.Locale.ROOT));
    }
  }
}
