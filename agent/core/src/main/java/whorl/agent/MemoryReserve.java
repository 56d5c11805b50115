package whorl.agent;

import org.jspecify.annotations.Nullable;

/**
 * Memory that the agent holds so that it can let go of it when there is no other: what follows an
 * OutOfMemoryError has to be written down somehow. In small pieces, none of which a collector takes
 * for a large object.
 */
final class MemoryReserve {
  private static final int PIECE_BYTES = 64 << 10;
  private static final int ROOM_TIMES = 4;

  private final long bytes;
  private volatile byte @Nullable [] @Nullable [] pieces;

  /**
   * A first capture loads some 800 classes; with less than 4 MB it was lost now and then.
   *
   * @param bytes 0: none is held
   */
  MemoryReserve(long bytes) {
    this.bytes = bytes;
  }

  long bytes() {
    return bytes;
  }

  /** Of the heap, now. */
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
   * Takes it, or takes it again, if several times as much is free.
   *
   * @param freeBytes what the heap could still give without a collection
   * @return whether it is held
   */
  boolean take(long freeBytes) {
    if (bytes > 0 && pieces == null && freeBytes >= ROOM_TIMES * bytes) {
      try {
        pieces = new byte[(int) (bytes / PIECE_BYTES)][PIECE_BYTES];
      } catch (OutOfMemoryError tooSoon) {
        pieces = null;
      }
    }
    return pieces != null;
  }
}
