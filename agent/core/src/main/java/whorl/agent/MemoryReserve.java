package whorl.agent;

import org.jspecify.annotations.Nullable;

/**
 * Memory that the agent holds so that it can let go of it when there is no other: what follows an
 * OutOfMemoryError has to be written down somehow. In small pieces, none of which a collector takes
 * for a large object.
 */
final class MemoryReserve {
  private static final int PIECE_BYTES = 64 << 10;
  private static final long LEAST_BYTES = 1 << 20;

  /** A first capture loads some 800 classes; with less than 4 MB it was lost now and then. */
  private static final long MOST_BYTES = 4 << 20;

  private static final int PARTS_OF_HEAP = 16;
  private static final int ROOM_TIMES = 4;

  private final long bytes;
  private byte @Nullable [] @Nullable [] pieces;

  /**
   * @param maxHeapBytes how large the heap may become; a 16th of it is held, within bounds
   */
  MemoryReserve(long maxHeapBytes) {
    this.bytes = Math.max(LEAST_BYTES, Math.min(MOST_BYTES, maxHeapBytes / PARTS_OF_HEAP));
  }

  long bytes() {
    return bytes;
  }

  boolean held() {
    return pieces != null;
  }

  void release() {
    pieces = null;
  }

  /**
   * Takes it, or takes it again, if several times as much is free.
   *
   * @param freeBytes what the heap could still give without a collection
   * @return whether it is held
   */
  boolean take(long freeBytes) {
    if (pieces == null && freeBytes >= ROOM_TIMES * bytes) {
      try {
        pieces = new byte[(int) (bytes / PIECE_BYTES)][PIECE_BYTES];
      } catch (OutOfMemoryError tooSoon) {
        pieces = null;
      }
    }
    return pieces != null;
  }
}
