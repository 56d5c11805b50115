package whorl.collector.migrate;

/** Receives the progress of a move. Called from one thread at a time. */
public interface Watcher {
  /** Reports what is done now, for a person. */
  void doing(String activity);

  /** Reports how many bytes of evidence, of all, have arrived and were checked. */
  void bytes(long done, long of);
}
