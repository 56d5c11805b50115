package whorl.collector.mcp;

/** Learns of each call of a tool, for log and metrics. */
@FunctionalInterface
public interface CallListener {
  /** For those that nobody counts. */
  CallListener NONE = (tool, outcome) -> {};

  /** What came of a call. */
  enum Outcome {
    /** It returned something. */
    ANSWERED,
    /** Its arguments, or the API, did not permit it. */
    REFUSED,
    /** The collector failed. */
    FAILED
  }

  /**
   * @param tool one of ours
   */
  void called(String tool, Outcome outcome);
}
