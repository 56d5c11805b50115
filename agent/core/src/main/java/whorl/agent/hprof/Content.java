package whorl.agent.hprof;

/** The part of a heap that is passed on. */
public enum Content {
  /** Everything, unchanged. */
  FULL,
  /**
   * Sizes, classes, fields, references and stacks, but no contents: primitive arrays are zeros,
   * fields that hold a hash are zeros, and only those symbols remain that name classes, fields and
   * methods.
   */
  REDACTED,
  /**
   * As {@link #REDACTED}, and every primitive field and constant is zero too: what remains are
   * classes, sizes and references.
   */
  STRUCTURE;

  /** True if contents are zeroed. */
  boolean isRedacted() {
    return this != FULL;
  }
}
