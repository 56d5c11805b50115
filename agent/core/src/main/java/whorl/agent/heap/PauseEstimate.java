package whorl.agent.heap;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.evidence.HeapFacts;

/**
 * How long the application would stand still: as long as the slower of the two takes, reading and
 * compressing the heap, or carrying what is left of it away.
 *
 * @param heapBytes in use, garbage included
 * @param away what is carried away at {@code awayBytesPerSecond}
 */
record PauseEstimate(long heapBytes, long awayBytes, long awayBytesPerSecond, Duration pause) {
  /**
   * Measured on two busy cores: reading, zeroing and compressing; what is not zeroed takes long.
   */
  private static final long REDACTED_BYTES_PER_SECOND = 250_000_000;

  private static final long FULL_BYTES_PER_SECOND = 120_000_000;

  private static final double REDACTED_SHARE = 0.2;
  private static final double FULL_SHARE = 0.5;

  /** Of a dump that goes to the collector as it is made. */
  static PauseEstimate streamed(
      long heapBytes, HeapFacts.Content content, long networkBytesPerSecond) {
    boolean redacted = content == HeapFacts.Content.REDACTED;
    long away = (long) (heapBytes * (redacted ? REDACTED_SHARE : FULL_SHARE));
    long local = redacted ? REDACTED_BYTES_PER_SECOND : FULL_BYTES_PER_SECOND;
    return of(heapBytes, local, away, networkBytesPerSecond);
  }

  /** Of a dump that is written to a file first. */
  static PauseEstimate written(long heapBytes, long diskBytesPerSecond) {
    return of(heapBytes, diskBytesPerSecond, heapBytes, diskBytesPerSecond);
  }

  private static PauseEstimate of(long heapBytes, long local, long awayBytes, long rate) {
    double seconds = Math.max((double) heapBytes / local, (double) awayBytes / Math.max(1, rate));
    return new PauseEstimate(
        heapBytes, awayBytes, rate, Duration.ofMillis((long) (seconds * 1_000)));
  }

  /**
   * Why it would be too long; null when it would not.
   *
   * @param remedy what whoever reads it can do
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
