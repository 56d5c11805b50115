package whorl.collector.custody.log;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * Where the lines of the custody log are: a file that one collector writes, or rows that several
 * collectors share. Each answer includes what other collectors appended. Thread-safe.
 */
interface EntryStore extends AutoCloseable {
  /**
   * The end of the log.
   *
   * @param next the sequence of the next entry
   * @param last the hash of the last entry; null for an empty log
   */
  record Head(long next, @Nullable Digest last) {}

  /** Work on the log's end; may run again after a failure. */
  @FunctionalInterface
  interface Work<T> {
    T run(Head head) throws IOException;
  }

  /** An entry and its line. */
  @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
  record Written(CustodyEntry entry, byte[] line) {}

  /** Runs work while nobody else can append. Its appends are made together or not at all. */
  <T> T atEnd(Work<T> work) throws IOException;

  /** Appends lines, all or none; only within {@link #atEnd}, once. Durable when that returns. */
  void append(List<Written> written) throws IOException;

  /** The hash of this evidence's last entry; null if there is none. */
  @Nullable Digest last(Id evidence) throws IOException;

  /** The lines of this evidence's entries, oldest first. */
  List<LogLine> lines(Id evidence) throws IOException;

  /** Up to {@code max} lines of the log from {@code first} on. */
  List<LogLine> lines(long first, int max) throws IOException;

  /** The number of lines. */
  long size() throws IOException;

  /** Evidence that was kept and not purged. */
  Set<Id> kept() throws IOException;

  boolean isKept(Id evidence) throws IOException;

  boolean isPurged(Id evidence) throws IOException;

  /** True if the entry is in the log. */
  boolean contains(CustodyEntry entry) throws IOException;

  HoldIndex holds();

  List<String> doubts() throws IOException;

  void doubt(String why) throws IOException;

  void clearDoubts() throws IOException;

  /** Saves the log's end apart from the log, where that is done. */
  void rememberEnd() throws IOException;

  @Override
  void close() throws IOException;
}
