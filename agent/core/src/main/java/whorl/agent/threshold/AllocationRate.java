package whorl.agent.threshold;

import java.util.ArrayDeque;

/** The rate of a growing number of bytes over the last minute. For one thread. */
final class AllocationRate {
  private static final long WINDOW_NANOS = 60_000_000_000L;

  /** More than a minute of readings, if one is taken every five seconds. */
  private static final int SAMPLES_MAX = 64;

  private record Sample(long bytes, long nanos) {}

  private final ArrayDeque<Sample> samples = new ArrayDeque<>();

  /**
   * Adds a reading.
   *
   * @return MB (1,000,000 bytes) a second since the youngest reading that is a minute old; negative
   *     until there is one
   */
  double megabytesPerSecond(long bytes, long nanos) {
    samples.addLast(new Sample(bytes, nanos));
    Sample from = samples.getFirst();
    while (samples.size() > 1) {
      Sample first = samples.removeFirst();
      boolean nextIsOldEnough = nanos - samples.getFirst().nanos() >= WINDOW_NANOS;
      if (!nextIsOldEnough && samples.size() < SAMPLES_MAX) {
        samples.addFirst(first);
        from = first;
        break;
      }
      from = samples.getFirst();
    }
    long elapsed = nanos - from.nanos();
    return elapsed < WINDOW_NANOS ? -1 : (bytes - from.bytes()) / 1e6 / (elapsed / 1e9);
  }
}
