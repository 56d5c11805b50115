package whorl.agent.hprof;

import java.io.IOException;

/** The memory that a pass may hold. Code that keeps data takes the memory from here first. */
final class HoldBudget {
  private final long maxBytes;
  private long heldBytes;
  private long peakBytes;

  HoldBudget(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * @throws IOException if the limit is exceeded
   */
  void take(long bytes) throws IOException {
    if (heldBytes + bytes > maxBytes) {
      throw new IOException(
          "heap dump: its classes and symbols need more than the "
              + maxBytes
              + " bytes that may be held while names are sorted out; give it more memory, or set"
              + " heap.content=full");
    }
    heldBytes += bytes;
    peakBytes = Math.max(peakBytes, heldBytes);
  }

  void giveBack(long bytes) {
    heldBytes -= bytes;
  }

  long maxBytes() {
    return maxBytes;
  }

  long available() {
    return maxBytes - heldBytes;
  }

  long peakBytes() {
    return peakBytes;
  }
}
