package whorl.agent.heap;

/** What a reader takes, in bytes: it grows with the number of classes, not with the heap. */
final class ReaderNeeds {
  private static final long MIB = 1 << 20;

  /** Measured; the dump's names, class descriptions and stacks, compressed. */
  private static final long BYTES_A_CLASS = 1_024;

  private static final long CLASSES_LEAST_BYTES = 4 * MIB;
  private static final long HEAP_BASE_BYTES = 24 * MIB;
  private static final long BESIDE_HEAP_BYTES = 48 * MIB;

  private ReaderNeeds() {}

  /** The bound of the class part that is held. */
  static long classesMaxBytes(int loadedClasses) {
    return CLASSES_LEAST_BYTES + loadedClasses * BYTES_A_CLASS;
  }

  /** The reader's {@code -Xmx}. */
  static long heapBytes(long classesMaxBytes) {
    return HEAP_BASE_BYTES + classesMaxBytes;
  }

  /** What must be free in the container. */
  static long headroomBytes(long classesMaxBytes) {
    return heapBytes(classesMaxBytes) + BESIDE_HEAP_BYTES;
  }
}
