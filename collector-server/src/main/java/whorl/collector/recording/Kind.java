package whorl.collector.recording;

/** What a value is, once references and types of a single field are followed. */
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
  /** Fields without a meaning that we know. */
  STRUCT,
  ARRAY,
  THREAD,
  CLASS,
  METHOD,
  CLASS_LOADER,
  THREAD_GROUP,
  STACK,
  /** A type that has neither fields nor a known name. */
  UNKNOWN;

  /** Whether it is a number without a fraction. */
  public boolean isWhole() {
    return this == BYTE || this == SHORT || this == INT || this == LONG;
  }

  /** Whether {@link Cursor#text} tells it: as a text, or by its name. */
  public boolean isText() {
    return switch (this) {
      case TEXT, THREAD, CLASS, METHOD, CLASS_LOADER, THREAD_GROUP -> true;
      default -> false;
    };
  }
}
