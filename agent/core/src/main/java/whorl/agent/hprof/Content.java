package whorl.agent.hprof;

/** What of a heap is passed on. */
public enum Content {
  /** Everything, as it came. */
  FULL,
  /**
   * Sizes, classes, fields, references and stacks, but no contents: primitive arrays are zeros,
   * fields that hold a hash are zeros, and of the symbols only the names of classes, fields and
   * methods are left.
   */
  REDACTED
}
