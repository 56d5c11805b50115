package whorl.agent.ship.spool;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import whorl.evidence.Id;

/** Where a spool keeps its bytes. The spool does the accounting. */
interface SpoolStorage extends AutoCloseable {
  /** The bytes that still fit. */
  long roomBytes();

  /** True if the bytes are on this JVM's heap. */
  boolean onHeap();

  /** A description for messages, such as {@code folder /dev/shm/whorl}. */
  String describe();

  /** Starts evidence. */
  Entry begin(Id evidence, Id capture) throws IOException;

  /** The evidence that earlier JVMs left, oldest first. */
  List<StoredEvidence> leftovers();

  @Override
  void close();

  /** The artifacts of one evidence, numbered from 0. */
  interface Entry {
    /** The stream for the bytes of artifact {@code number}. */
    OutputStream create(int number) throws IOException;

    /** Records that an artifact is complete, here or at the collector. */
    void record(StoredEvidence.Entry entry) throws IOException;

    /** Removes artifact {@code number}, which was never recorded. */
    void remove(int number);

    /** Records that there are no more artifacts. */
    void seal() throws IOException;

    /** The agent that captured: the JVM that owns this entry. */
    Id agent();

    /** Opens a recorded artifact that is here. */
    ArtifactReader open(int number) throws IOException;

    /** Removes everything. */
    void delete();
  }
}
