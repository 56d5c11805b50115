package whorl.agent.heap;

import whorl.agent.ship.direct.DirectUpload;
import whorl.agent.ship.tus.Chunk;

/**
 * The memory that a reader needs, in bytes: it grows with the number of classes, not with the heap.
 */
final class ReaderNeeds {
  private static final long MIB = 1 << 20;

  /** 46,000 names of 750 classes took 1.5 MB; this allows ten times as much. */
  private static final long BYTES_A_CLASS = 512;

  private static final long CLASSES_LEAST_BYTES = 4 * MIB;

  /** With chunks of {@link Chunk#SMALL_BYTES}. */
  private static final long HEAP_BASE_BYTES = 24 * MIB;

  /** Measured: code, compiler, stacks. */
  private static final long BESIDE_HEAP_BYTES = 40 * MIB;

  /** Measured: the JDK's TLS compiles much more code, and has larger buffers. */
  private static final long TLS_BYTES = 32 * MIB;

  private ReaderNeeds() {}

  /** The limit of the class part that is held. */
  static long classesMaxBytes(int loadedClasses) {
    return CLASSES_LEAST_BYTES + loadedClasses * BYTES_A_CLASS;
  }

  /**
   * The reader's {@code -Xmx}.
   *
   * @param chunkMaxBytes of the upload
   */
  static long heapBytes(long classesMaxBytes, int chunkMaxBytes) {
    long larger = (long) DirectUpload.CHUNKS * (chunkMaxBytes - Chunk.SMALL_BYTES);
    return HEAP_BASE_BYTES + classesMaxBytes + larger + larger / 4;
  }

  /** The memory that must be free in the container. */
  static long headroomBytes(long classesMaxBytes, int chunkMaxBytes, boolean tls) {
    return heapBytes(classesMaxBytes, chunkMaxBytes) + BESIDE_HEAP_BYTES + (tls ? TLS_BYTES : 0);
  }
}
