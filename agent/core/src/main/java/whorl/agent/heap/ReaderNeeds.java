package whorl.agent.heap;

/**
 * The memory that a reader needs, in bytes: it grows with the number of classes, not with the heap.
 */
final class ReaderNeeds {
  private static final long MIB = 1 << 20;

  /** 46,000 names of 750 classes took 1.5 MB; this allows ten times as much. */
  private static final long BYTES_A_CLASS = 512;

  private static final long CLASSES_LEAST_BYTES = 4 * MIB;
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

  /** The reader's {@code -Xmx}. */
  static long heapBytes(long classesMaxBytes) {
    return HEAP_BASE_BYTES + classesMaxBytes;
  }

  /** The memory that must be free in the container. */
  static long headroomBytes(long classesMaxBytes, boolean tls) {
    return heapBytes(classesMaxBytes) + BESIDE_HEAP_BYTES + (tls ? TLS_BYTES : 0);
  }
}
