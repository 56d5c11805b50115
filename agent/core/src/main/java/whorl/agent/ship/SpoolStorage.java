package whorl.agent.ship;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import whorl.evidence.Id;

/** Where a spool keeps its bytes. The spool does the counting and the deciding. */
interface SpoolStorage extends AutoCloseable {
  /** The bytes that would still fit, beside what is already there. */
  long roomBytes();

  /** Whether what is kept lies on this JVM's heap. */
  boolean onHeap();

  /** What this is, for messages, such as {@code folder /dev/shm/whorl}. */
  String describe();

  /** Starts evidence. */
  Box begin(Id evidence, Id capture) throws IOException;

  /** What a JVM before this one left, oldest first. */
  List<StoredEvidence> leftovers();

  @Override
  void close();

  /** One piece of evidence's artifacts, numbered from 0. */
  interface Box {
    /** Where the bytes of the artifact {@code number} go. */
    OutputStream create(int number) throws IOException;

    /** Notes that an artifact is whole, here or at the collector. */
    void record(StoredEvidence.Entry entry) throws IOException;

    /** Takes artifact {@code number} back; it was never recorded. */
    void remove(int number);

    /** Notes that there will be no more artifacts. */
    void seal() throws IOException;

    /** Who captures: the JVM whose box this is. */
    Id agent();

    /** The bytes of a recorded artifact that is here. */
    ArtifactReader open(int number) throws IOException;

    /** Removes everything. */
    void delete();
  }
}
