package whorl.agent.heap;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.evidence.HeapFacts;

/**
 * The estimated pause of the application: the time of the slower step, reading and compressing the
 * heap, or transferring the result.
 *
 * @param heapBytes in use, garbage included
 * @param away the number of bytes to transfer, at {@code awayBytesPerSecond}
 */
record PauseEstimate(long heapBytes, long awayBytes, long awayBytesPerSecond, Duration pause) {
  /**
   * Measured on two busy cores: reading, zeroing and compressing; data that is not zeroed takes
   * longer.
   */
  private static final long REDACTED_BYTES_PER_SECOND = 250_000_000;

  private static final long FULL_BYTES_PER_SECOND = 120_000_000;

  private static final double REDACTED_SHARE = 0.2;
  private static final double FULL_SHARE = 0.5;

  /** For a dump that is streamed to the collector. */
  static PauseEstimate streamed(
      long heapBytes, HeapFacts.Content content, long networkBytesPerSecond) {
    boolean redacted = content != HeapFacts.Content.FULL;
    long away = (long) (heapBytes * (redacted ? REDACTED_SHARE : FULL_SHARE));
    long local = redacted ? REDACTED_BYTES_PER_SECOND : FULL_BYTES_PER_SECOND;
    return of(heapBytes, local, away, networkBytesPerSecond);
  }

  /** For a dump that is written to a file first. */
  static PauseEstimate written(long heapBytes, long diskBytesPerSecond) {
    return of(heapBytes, diskBytesPerSecond, heapBytes, diskBytesPerSecond);
  }

  private static PauseEstimate of(long heapBytes, long local, long awayBytes, long rate) {
    double seconds = Math.max((double) heapBytes / local, (double) awayBytes / Math.max(1, rate));
    return new PauseEstimate(
        heapBytes, awayBytes, rate, Duration.ofMillis((long) (seconds * 1_000)));
  }

  /**
   * Why the pause would be too long; null if it would not.
   *
   * @param remedy advice for the reader of the text
   */
  @Nullable String over(Duration limit, String remedy) {
    if (pause.compareTo(limit) <= 0) {
      return null;
    }
    return String.format(
        Locale.ROOT,
        "the application would stand still for about %d ms, more than the %d ms left of"
            + " heap.pause-limit: %.1f MiB are in use, about %.1f MiB would be carried away at"
            + " %.1f MiB/s; %s",
        pause.toMillis(),
        limit.toMillis(),
        mib(heapBytes),
        mib(awayBytes),
        mib(awayBytesPerSecond),
        remedy);
  }

  private static double mib(long bytes) {
    return bytes / (double) (1 << 20);
  }
}
