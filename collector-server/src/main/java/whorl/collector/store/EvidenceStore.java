package whorl.collector.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
   * Takes files over. A file that is gone already is one that an interrupted call has taken.
   *
   * @param files content by its digest, which the caller has worked out
   * @throws IOException also when a file is gone and the store does not have its content
   */
  void adopt(Map<Digest, Path> files) throws IOException;

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

  /** The record's bytes as they were written; null where there is no such evidence. */
  byte @Nullable [] recordBytes(Id evidence) throws IOException;

  /**
   * The record; null where there is no such evidence.
   *
   * @throws IOException also when the record can't be read as one
   */
  @Nullable EvidenceRecord record(Id evidence) throws IOException;

  /** All evidence, by id. */
  List<Id> evidence() throws IOException;

  /**
   * Removes content that nothing refers to. Nothing may be adopted meanwhile.
   *
   * @param keep true for content that must stay
   * @return how many were removed
   */
  long sweep(Predicate<Digest> keep) throws IOException;
}
