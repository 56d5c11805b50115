package whorl.collector.cli.terminal;

import java.util.ArrayDeque;
import java.util.Deque;

/** The current rate, averaged over the last few seconds so that a stall shows soon. */
public final class Rate {
  private static final long WINDOW_NANOS = 3_000_000_000L;
  private static final long SAMPLE_INTERVAL_NANOS = 100_000_000L;

  private final Deque<Sample> samples = new ArrayDeque<>();
  private Sample latest = new Sample(0, 0);

  private record Sample(long nanos, long bytes) {}

  /** Records the number of bytes at this time. */
  void at(long nanos, long bytes) {
    latest = new Sample(nanos, bytes);
    if (samples.isEmpty() || nanos - samples.getLast().nanos() >= SAMPLE_INTERVAL_NANOS) {
      samples.addLast(latest);
    }
    while (samples.size() > 2 && nanos - samples.getFirst().nanos() > WINDOW_NANOS) {
      samples.removeFirst();
    }
  }

  /** 0 until there are two measurements to compare. */
  long bytesPerSecond() {
    return samples.isEmpty()
        ? 0
        : of(
            latest.bytes() - samples.getFirst().bytes(),
            latest.nanos() - samples.getFirst().nanos());
  }

  /** The average rate over this time. */
  public static long of(long bytes, long nanos) {
    return nanos <= 0 || bytes <= 0 ? 0 : (long) (bytes / (nanos / 1e9));
  }

  /** For display: {@code 22.6 MiB/s}. */
  public static String words(long bytesPerSecond) {
    return Table.size(bytesPerSecond) + "/s";
  }
}
