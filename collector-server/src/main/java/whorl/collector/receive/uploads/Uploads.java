package whorl.collector.receive.uploads;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.receive.SealListener;
import whorl.evidence.Id;

/**
 * All uploads under way, with their bytes: in the data folder of one collector, or in the object
 * store and the database that several collectors share. Thread-safe.
 *
 * <p>An upload is changed by one request at a time, which locks it. Evidence as a whole is changed
 * by one thread of one collector at a time, which takes its turn ({@link PendingEvidence}). A lock
 * and a turn of a collector that died end by themselves.
 */
public interface Uploads extends AutoCloseable {
  /** The upload as it is now; null if there is none. */
  @Nullable Upload find(String id) throws IOException;

  /**
   * Locks an upload.
   *
   * @return null if there is none
   * @throws UploadInUseException if another request has locked it
   */
  @Nullable Upload lock(String id) throws IOException;

  /**
   * Completes a locked upload if all its bytes are here.
   *
   * @return false if the upload is gone
   */
  boolean complete(Upload upload) throws IOException;

  /**
   * Removes a locked upload and its bytes.
   *
   * @return false if the upload is gone
   */
  boolean remove(Upload upload) throws IOException;

  /**
   * Creates an upload at once if nothing speaks against it: its evidence has other uploads, a slot,
   * and no record; its name is free; no limit is reached.
   *
   * @param network the network that the upload comes from
   * @param locked true if its first chunk comes now
   * @return null if it takes a turn to find out what speaks against it
   */
  default @Nullable Upload createQuickly(
      UploadMetadata metadata, @Nullable Long length, String network, boolean locked)
      throws IOException {
    return null;
  }

  /**
   * Takes the turn of evidence that an upload belongs to; creates it if it does not exist.
   *
   * @throws UploadInUseException if another collector has the turn
   */
  PendingEvidence begin(UploadMetadata metadata) throws IOException;

  /**
   * Takes the turn of evidence.
   *
   * @return null if it has no uploads
   * @throws UploadInUseException if another collector has the turn
   */
  @Nullable PendingEvidence turn(Id evidence) throws IOException;

  /**
   * Counts bytes that arrived.
   *
   * @param address of the agent
   * @return the progress of the evidence; null if it was reported just before, or has ended
   */
  SealListener.@Nullable Arrived received(Upload upload, long bytes, String address)
      throws IOException;

  /** True if the evidence has uploads. */
  boolean contains(Id evidence) throws IOException;

  /** The evidence that has uploads. */
  List<Id> pending() throws IOException;

  /** The evidence that has uploads, but got no bytes for longer than this, with its agents. */
  Map<Id, Id> idle(Duration silence) throws IOException;

  /** Evidence whose envelope is complete, and that is not being sealed. */
  List<Id> unsealed() throws IOException;

  /** The number of uploads whose bytes are not all here. */
  int unfinished() throws IOException;

  /** The number of unfinished uploads that one network created. */
  int unfinishedFrom(String network) throws IOException;

  /** The slots of evidence that is being uploaded. */
  UploadSlots slots();

  /**
   * True if only this collector has these uploads and the store, so that it may clean up what
   * nothing refers to.
   */
  boolean exclusive();

  /** Removes bytes that belong to no upload; call it now and then. */
  void clean() throws IOException;

  @Override
  void close();
}
