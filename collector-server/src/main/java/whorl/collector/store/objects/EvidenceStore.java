package whorl.collector.store.objects;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * Content by digest, and the records that refer to it. Changes are durable when a method returns.
 * Thread-safe.
 */
public interface EvidenceStore {
  /**
   * Keeps content. The files stay where they are, and must not be written to any more.
   *
   * @param files content by its digest, which the caller has computed
   */
  void keep(Map<Digest, Path> files) throws IOException;

  /**
   * Keeps content that was written straight to its content address, where other collectors share
   * the objects.
   *
   * @throws java.nio.file.NoSuchFileException if the store does not have some of it
   */
  void keepPresent(Collection<Digest> content) throws IOException;

  /**
   * As {@link #keepPresent}, for content that cannot have been deleted since it was written,
   * because a row claims it: where that costs a request for each, the store is not asked for it.
   */
  default void keepClaimed(Collection<Digest> content) throws IOException {
    keepPresent(content);
  }

  /**
   * Pins content that is being read or about to be referred to, so that it is not discarded until
   * the returned pin is closed. {@link #keep} pins its content until {@link #settled}.
   */
  Pin pin(Collection<Digest> content) throws IOException;

  /** Content that stays while the pin is open. */
  interface Pin extends AutoCloseable {
    @Override
    void close();
  }

  /** Unpins kept content: a record refers to it now, or never will. */
  void settled(Collection<Digest> content);

  /** True if the store has this content. */
  boolean holds(Digest sha256) throws IOException;

  /**
   * The content as a file, which stays until it is closed.
   *
   * @throws java.nio.file.NoSuchFileException if the store does not have it
   * @throws WrongContentException if somebody changed it in the object store
   */
  Content content(Digest sha256) throws IOException;

  /** Content as a file. */
  interface Content extends AutoCloseable {
    /** The file; never write to it. */
    Path file();

    @Override
    void close();
  }

  /**
   * Reads content without making a file of it. What is read is not compared with the digest.
   *
   * @param offset of the first byte
   * @throws java.nio.file.NoSuchFileException if the store does not have it
   */
  InputStream read(Digest sha256, long offset) throws IOException;

  /** The file with this content, if the store keeps it as one; null if it does not. */
  default @Nullable Path localFile(Digest sha256) throws IOException {
    return null;
  }

  /**
   * Stores the record, which makes it evidence: everything becomes visible at this moment.
   *
   * @return the digest of the record's bytes
   */
  Digest commit(EvidenceRecord record) throws IOException;

  /**
   * Stores the record if the evidence still has the record that it was made from: of two collectors
   * that commit at the same moment, one succeeds.
   *
   * @param before the digest of the earlier record's bytes; null if there is none
   * @return the digest of the record's bytes; null if another record has been stored meanwhile
   */
  @Nullable Digest commit(EvidenceRecord record, @Nullable Digest before) throws IOException;

  /**
   * Stores a record of another store, byte for byte; it may be one that cannot be parsed. Its
   * content is to be kept before.
   *
   * @param content that it refers to
   * @param inCustody true if custody has it, so that it is not {@link #dueInCustody}
   */
  void adopt(Id evidence, byte[] record, Collection<Digest> content, boolean inCustody)
      throws IOException;

  /**
   * True if the store has a complete record of this evidence and does not count it, because what
   * says so was restored from a backup of the time before.
   */
  default boolean wasSealed(Id evidence) throws IOException {
    return false;
  }

  /** Runs before a record is replaced, once the replacement is certain. */
  interface Announcement {
    /**
     * @param recordSha256 the digest of the new record's bytes
     */
    void of(Digest recordSha256) throws IOException;
  }

  /**
   * Replaces a record by one that was made from it.
   *
   * @param before the digest of the old record's bytes
   * @param beforeReplace runs before the replacement, while no other thread can replace the record
   * @return false if the record has changed or is gone; then nothing was done
   */
  boolean amend(EvidenceRecord record, Digest before, Announcement beforeReplace)
      throws IOException;

  /**
   * Evidence whose record was committed, but which may be missing in custody, or unknown to those
   * who must know of it: a power loss can happen in between.
   */
  List<Id> dueInCustody() throws IOException;

  /**
   * Records that custody has the record with this digest, and all earlier ones, and that everything
   * that follows from it is done.
   */
  void markInCustody(Id evidence, Digest record) throws IOException;

  /** The record's bytes as written; null if there is no such evidence. */
  byte @Nullable [] recordBytes(Id evidence) throws IOException;

  /** True if there is such evidence. */
  boolean contains(Id evidence) throws IOException;

  /**
   * The record; null if there is no such evidence.
   *
   * @throws IOException also if the record cannot be parsed
   */
  default @Nullable EvidenceRecord record(Id evidence) throws IOException {
    byte[] json = recordBytes(evidence);
    if (json == null) {
      return null;
    }
    try {
      return EvidenceRecord.parse(json);
    } catch (IOException e) {
      throw new IOException("evidence " + evidence + ": evidence.json is damaged; verify it", e);
    }
  }

  /** All evidence, sorted by id. */
  List<Id> evidence() throws IOException;

  /**
   * A page of the evidence, sorted by id.
   *
   * @param after the last id of the page before; empty for the first page
   */
  List<Id> evidence(String after, int limit) throws IOException;

  /**
   * Removes the record first, then the rest of its folder, for instance the rows of a timeline. The
   * content stays until {@link #discard}. Missing evidence is no error.
   *
   * @throws ObjectLockedException if a hold or a lock of the object store keeps it
   */
  void remove(Id evidence) throws IOException;

  /**
   * Holds all objects of the evidence, or takes the hold off: nobody can delete them meanwhile.
   * Only a bucket with Object Lock can do that; another store does nothing. Holds of other evidence
   * that has the same content stay.
   */
  void hold(Id evidence, boolean held) throws IOException;

  /**
   * Keeps all objects of the evidence from being deleted before this time, as {@link #hold} does.
   * The time can be moved to a later one only.
   */
  void lockUntil(Id evidence, Instant until) throws IOException;

  /** Until when those of these are locked that are; without those that are only on hold. */
  default Map<Id, Instant> lockedAmong(Collection<Id> evidence) throws IOException {
    return Map.of();
  }

  /**
   * Evidence whose removal may have been interrupted, or has not begun although custody has its
   * purge, sorted by id. Custody decides; the list may have other evidence too.
   */
  List<Id> removalsToFinish() throws IOException;

  /**
   * Deletes the content that no record refers to, while the store is in use. Pinned content stays.
   * If a record cannot be read, all content stays.
   *
   * @return the result, with the pinned content, which is to be discarded later
   * @throws ObjectLockedException if a hold or a lock of the object store keeps some of it; the
   *     rest is deleted
   */
  Discarded discard(Set<Digest> content) throws IOException;

  /**
   * @param files the number of deleted files
   * @param pinned content that is in use
   */
  record Discarded(long files, long bytes, Set<Digest> pinned) {}

  /**
   * Moves content that no record refers to into the trash. No content may be kept meanwhile.
   * Foreign files are left alone.
   *
   * @param referred true for content that must stay
   * @return the number of moved files
   */
  long sweep(Predicate<Digest> referred, Trash trash) throws IOException;
}
