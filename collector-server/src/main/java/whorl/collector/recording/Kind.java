package whorl.collector.recording;

/** The kind of a value, after following references and types with a single field. */
public enum Kind {
  BOOLEAN,
  BYTE,
  SHORT,
  INT,
  LONG,
  CHAR,
  FLOAT,
  DOUBLE,
  TEXT,
  /** Fields without a known meaning. */
  STRUCT,
  ARRAY,
  THREAD,
  CLASS,
  METHOD,
  CLASS_LOADER,
  THREAD_GROUP,
  STACK,
  /** A type with neither fields nor a known name. */
  UNKNOWN;

  /** True if it is an integer. */
  public boolean isInteger() {
    return this == BYTE || this == SHORT || this == INT || this == LONG;
  }

  /** True if {@link Cursor#text} reads it: as a text, or by its name. */
  public boolean isText() {
    return switch (this) {
      case TEXT, THREAD, CLASS, METHOD, CLASS_LOADER, THREAD_GROUP -> true;
      default -> false;
    };
  }
}
