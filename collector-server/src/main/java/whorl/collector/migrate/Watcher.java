package whorl.collector.migrate;

/** Is told how far a move is. Called from one thread at a time. */
public interface Watcher {
  /** What is done now, for a person. */
  void doing(String activity);

  /** Bytes of evidence that are there and checked, of all. */
  void bytes(long done, long of);
}
