package whorl.agent.hprof.held;

import java.io.IOException;

/** The memory that a pass may hold. Code that keeps data takes the memory from here first. */
public final class HoldBudget {
  private final long maxBytes;
  private long heldBytes;
  private long peakBytes;

  public HoldBudget(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * Takes memory before data is kept in it.
   *
   * @throws IOException if the limit is exceeded
   */
  public void take(long bytes) throws IOException {
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

  /** Returns memory whose data is kept no more. */
  public void giveBack(long bytes) {
    heldBytes -= bytes;
  }

  public long maxBytes() {
    return maxBytes;
  }

  /** The bytes that may still be taken. */
  public long available() {
    return maxBytes - heldBytes;
  }

  /** The most bytes that were held at one time. */
  public long peakBytes() {
    return peakBytes;
  }
}
