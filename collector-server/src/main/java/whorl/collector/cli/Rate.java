package whorl.collector.cli;

import java.util.ArrayDeque;
import java.util.Deque;

/** The current rate, averaged over the last few seconds so that a stall shows soon. */
final class Rate {
  private static final long WINDOW_NANOS = 3_000_000_000L;
  private static final long APART_NANOS = 100_000_000L;

  private final Deque<Seen> seen = new ArrayDeque<>();
  private Seen latest = new Seen(0, 0);

  private record Seen(long nanos, long bytes) {}

  /** Records the number of bytes at this time. */
  void at(long nanos, long bytes) {
    latest = new Seen(nanos, bytes);
    if (seen.isEmpty() || nanos - seen.getLast().nanos() >= APART_NANOS) {
      seen.addLast(latest);
    }
    while (seen.size() > 2 && nanos - seen.getFirst().nanos() > WINDOW_NANOS) {
      seen.removeFirst();
    }
  }

  /** 0 until there are two measurements to compare. */
  long bytesPerSecond() {
    return seen.isEmpty()
        ? 0
        : of(latest.bytes() - seen.getFirst().bytes(), latest.nanos() - seen.getFirst().nanos());
  }

  /** The average rate over this time. */
  static long of(long bytes, long nanos) {
    return nanos <= 0 || bytes <= 0 ? 0 : (long) (bytes / (nanos / 1e9));
  }

  /** For display: {@code 22.6 MiB/s}. */
  static String words(long bytesPerSecond) {
    return Table.size(bytesPerSecond) + "/s";
  }
}
