package whorl.collector.receive.uploads;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.objects.EvidenceStore;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * The turn of one piece of evidence that is not sealed yet: until it is closed, no other thread and
 * no other collector has it. For one thread.
 */
public interface PendingEvidence extends AutoCloseable {
  Id evidence();

  Id capture();

  Id agent();

  /** True if an upload with this metadata belongs to this evidence. */
  default boolean accepts(UploadMetadata metadata) {
    return agent().equals(metadata.agent()) && capture().equals(metadata.capture());
  }

  /** The upload of this name that was not set aside; null if there is none. */
  @Nullable Upload upload(ArtifactName name);

  /** An upload's name that differs from {@code name} only in case; null if there is none. */
  @Nullable ArtifactName nameDifferingInCase(ArtifactName name);

  /** All uploads: first by name, then those that were set aside. */
  List<Upload> uploads();

  /** The uploads that have not been set aside, complete or not. */
  List<Upload> namedUploads();

  /** The number of all uploads. */
  default int size() {
    return uploads().size();
  }

  /** The number of uploads that were set aside. */
  default int asideSize() {
    return size() - namedUploads().size();
  }

  /**
   * @param network the network that the upload comes from
   * @param kept the number of artifacts that the evidence's record has
   */
  Upload create(UploadMetadata metadata, @Nullable Long length, String network, int kept)
      throws IOException;

  /** Locks an upload of this evidence; false if it is in use. */
  boolean lock(Upload upload) throws IOException;

  /** Locks all uploads, or none; false if one of them is in use. */
  boolean lockAll() throws IOException;

  /** Completes an upload whose bytes are all here; the caller has locked it. */
  void complete(Upload upload) throws IOException;

  /** Keeps a complete upload for the evidence, and frees its name for another one. */
  void setAside(Upload upload) throws IOException;

  /** Removes an upload and its bytes. */
  void remove(Upload upload) throws IOException;

  /** Removes all uploads that are listed here, and the pending evidence if no other is left. */
  void removeAll() throws IOException;

  /** True after {@link #removeAll}. */
  boolean removed();

  /**
   * Makes the received bytes of an incomplete upload content that can be kept. The upload stays as
   * it is, and its agent may continue.
   *
   * @return their digest; null if the upload is in use
   */
  @Nullable Digest freeze(Upload upload) throws IOException;

  /** Keeps content of these uploads, complete or frozen, in the store. */
  void keep(Set<Digest> content, EvidenceStore store) throws IOException;

  /**
   * Checks, before a record is stored or published, that the turn has not ended, which it does when
   * this collector could not renew it.
   *
   * @throws IOException if it has ended: another collector goes on
   */
  void requireTurn() throws IOException;

  /** Ends the turn and gives back all locks. */
  @Override
  void close();
}
