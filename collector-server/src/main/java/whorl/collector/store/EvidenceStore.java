package whorl.collector.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * Content by digest, and the records that refer to it. What a method has written is durable when it
 * returns. Thread-safe.
 */
public interface EvidenceStore {
  /**
   * Keeps content. The files stay where they are, and must not be written to from now on.
   *
   * @param files content by its digest, which the caller has worked out
   */
  void keep(Map<Digest, Path> files) throws IOException;

  /**
   * Keeps content that is being read, or is about to be referred to, from being discarded until
   * what is returned is closed. {@link #keep} does so for what it is given, until {@link #settled}.
   */
  Pin pin(Collection<Digest> content);

  /** Content that stays while this is open. */
  interface Pin extends AutoCloseable {
    @Override
    void close();
  }

  /** What was kept is referred to by a record now, or never will be. */
  void settled(Collection<Digest> content);

  /** Whether the content is here. */
  boolean holds(Digest sha256);

  /**
   * The file with this content, never to be written to.
   *
   * @throws java.nio.file.NoSuchFileException when it is not here
   */
  Path content(Digest sha256) throws IOException;

  /**
   * Makes it evidence: the single moment at which all of it becomes visible.
   *
   * @return the digest of the record's bytes
   */
  Digest commit(EvidenceRecord record) throws IOException;

  /** What is done before a record is replaced, when it is certain that it will be. */
  interface Announcement {
    /**
     * @param recordSha256 the digest that the record's bytes are going to have
     */
    void of(Digest recordSha256) throws IOException;
  }

  /**
   * Puts a record in the place of the one it was made of.
   *
   * @param before the digest of the bytes of that one
   * @param first done before, while nobody else can replace the record
   * @return false when the record is another one by now, or gone; nothing was done then
   */
  boolean amend(EvidenceRecord record, Digest before, Announcement first) throws IOException;

  /**
   * Evidence whose record was committed and of which custody may not have been told. The power may
   * go between the two.
   */
  List<Id> dueInCustody() throws IOException;

  /** Custody was told of the record with this digest, and of all before. */
  void markInCustody(Id evidence, Digest record) throws IOException;

  /** The record's bytes as they were written; null where there is no such evidence. */
  byte @Nullable [] recordBytes(Id evidence) throws IOException;

  /** Whether there is such evidence. */
  boolean contains(Id evidence);

  /**
   * The record; null where there is no such evidence.
   *
   * @throws IOException also when the record can't be read as one
   */
  @Nullable EvidenceRecord record(Id evidence) throws IOException;

  /** All evidence, by id. */
  List<Id> evidence() throws IOException;

  /**
   * Makes it evidence no longer, then removes what else lies in its folder, rows of a timeline for
   * instance. Its content stays until {@link #discard}. Evidence that is not here is no error.
   */
  void remove(Id evidence) throws IOException;

  /** All that has a folder, evidence or what is left of some, by id. */
  List<Id> folders() throws IOException;

  /**
   * Removes what no record refers to of this content, while the store is at work. What is pinned
   * stays, and all of it stays where a record can't be read.
   *
   * @return what is to be tried again later, since it is pinned
   */
  Discarded discard(Set<Digest> content) throws IOException;

  /**
   * @param files how many were removed
   * @param pinned what somebody is at work with
   */
  record Discarded(long files, long bytes, Set<Digest> pinned) {}

  /**
   * Puts content that nothing refers to into the trash. Nothing may be kept meanwhile. Files that
   * are not the store's are left alone.
   *
   * @param referred true for content that must stay
   * @return how many there were
   */
  long sweep(Predicate<Digest> referred, Trash trash) throws IOException;
}
