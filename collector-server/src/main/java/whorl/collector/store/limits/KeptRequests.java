package whorl.collector.store.limits;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * How many requests to agents, such as hunts, are kept with what was answered.
 *
 * @param max their number
 * @param maxBytes of all answers together
 * @param age since they were made
 */
public record KeptRequests(int max, long maxBytes, Duration age) {
  /** Each may have thousands of rows. */
  private static final int AT_ONCE = 50;

  /**
   * One of them.
   *
   * @param bytes of its answers
   * @param requestedMillis since 1970
   */
  public record Size(String id, long bytes, long requestedMillis) {}

  /**
   * The ids of those that are too old, and of the oldest beyond the limits; the rest in a later
   * call, if they are many.
   *
   * @param newestFirst all that may be deleted
   */
  public List<String> toDelete(List<Size> newestFirst, Instant now) {
    List<String> gone = new ArrayList<>();
    long bytes = 0;
    int kept = 0;
    for (Size each : newestFirst) {
      bytes += each.bytes();
      kept++;
      if (kept > max
          || bytes > maxBytes
          || each.requestedMillis() < now.minus(age).toEpochMilli()) {
        gone.add(each.id());
      }
    }
    return List.copyOf(gone.subList(0, Math.min(gone.size(), AT_ONCE)));
  }
}
