package whorl.agent.memory;

import org.jspecify.annotations.Nullable;

/**
 * Memory that the agent holds in order to release it when none is left: handling an
 * OutOfMemoryError needs memory. It is held in small pieces, which no garbage collector treats as a
 * large object.
 */
final class MemoryReserve {
  private static final int PIECE_BYTES = 64 << 10;
  private static final int FREE_FACTOR = 4;

  private final long bytes;
  private volatile byte @Nullable [] @Nullable [] pieces;

  /**
   * With less than 4 MB the first capture, which loads some 800 classes, was lost now and then.
   *
   * @param bytes the size; 0 for no reserve
   */
  MemoryReserve(long bytes) {
    this.bytes = bytes;
  }

  /** Returns the heap bytes held now. */
  long heldBytes() {
    return held() ? bytes : 0;
  }

  boolean held() {
    return pieces != null;
  }

  void release() {
    pieces = null;
  }

  /**
   * Allocates the reserve, also after a release, if several times its size is free.
   *
   * @param freeBytes bytes that the heap could still provide without a collection
   * @return true if the reserve is held
   */
  boolean allocate(long freeBytes) {
    if (bytes > 0 && pieces == null && freeBytes >= FREE_FACTOR * bytes) {
      try {
        pieces = new byte[(int) (bytes / PIECE_BYTES)][PIECE_BYTES];
      } catch (OutOfMemoryError tooSoon) {
        pieces = null;
      }
    }
    return pieces != null;
  }
}
