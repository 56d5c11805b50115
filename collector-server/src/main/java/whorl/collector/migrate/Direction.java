package whorl.collector.migrate;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.publish.LogPublisher;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** What differs between a move to what collectors share, and a move back. */
interface Direction extends AutoCloseable {
  End from();

  End to();

  /** The log of the source; it is only read. */
  CustodyLog log();

  /**
   * Requires a destination that is empty; only asked if no move has begun to fill it.
   *
   * @throws IOException with what is there and the remedy
   */
  void requireEmpty() throws IOException;

  /** Copies the custody log, with what was published of it before. */
  void copyLog() throws IOException;

  /** Opens the log that is at the destination already. */
  void openLog() throws IOException;

  /** The log at the destination; after {@link #copyLog} or {@link #openLog}. */
  CustodyLog copiedLog();

  /** Publishes the log at the destination. */
  LogPublisher publisher();

  /** Evidence whose record is not in custody yet. */
  Set<Id> dueInCustody() throws IOException;

  /**
   * Keeps content of the source at the destination.
   *
   * @throws java.nio.file.NoSuchFileException if the source does not have it
   */
  void keep(Digest sha256) throws IOException;

  /** Carries a timeline; false if it is to be made anew. */
  boolean copyTimeline(Id evidence) throws IOException;

  /** Replaces the uploads at the destination by those of the source; returns their number. */
  long copyUploads() throws IOException;

  /** The number of uploads at the source. */
  long uploads() throws IOException;

  /** Requires that nobody has changed the source since the move began. */
  void requireUnchanged() throws IOException;

  /** Ends the fill: appends the entry of the move to custody, and opens the destination. */
  void complete(CustodyLog.Draft entry, String logId) throws IOException;

  /** Marks the source as moved, so that no collector goes on with it. */
  void markMoved(String logId) throws IOException;

  /** True if the source was marked as moved before. */
  boolean isMarkedMoved() throws IOException;

  /** What a person has to do next, or must know. */
  List<String> notes();

  @Override
  void close() throws IOException;
}
