package whorl.agent.hprof;

/**
 * The limits of a pass.
 *
 * @param heldMaxBytes memory for data of the classes: symbols and class records (compressed), the
 *     tables of names and layouts, the numbers of the padding frames
 * @param bufferBytes of each of the two read buffers
 * @param lateMaxBytes bytes of the main stream that may wait while a segment record passes
 * @param patienceMillis time to wait for the rest of a stream while the other one waits
 */
public record PassLimits(
    long heldMaxBytes, int bufferBytes, int lateMaxBytes, long patienceMillis) {
  private static final int BUFFER_BYTES = 256 << 10;
  private static final int LATE_MAX_BYTES = 4 << 20;
  private static final long PATIENCE_MILLIS = 2_000;

  public PassLimits {
    if (heldMaxBytes <= 0) {
      throw new IllegalArgumentException("heldMaxBytes <= 0: " + heldMaxBytes);
    }
    if (bufferBytes < 1024) {
      throw new IllegalArgumentException("bufferBytes < 1024: " + bufferBytes);
    }
    if (lateMaxBytes <= 0) {
      throw new IllegalArgumentException("lateMaxBytes <= 0: " + lateMaxBytes);
    }
    if (patienceMillis < 0) {
      throw new IllegalArgumentException("patienceMillis < 0: " + patienceMillis);
    }
  }

  /** The usual limits, with this limit for held memory. */
  public static PassLimits holding(long heldMaxBytes) {
    return new PassLimits(heldMaxBytes, BUFFER_BYTES, LATE_MAX_BYTES, PATIENCE_MILLIS);
  }
}
