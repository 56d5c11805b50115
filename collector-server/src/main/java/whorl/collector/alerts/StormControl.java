package whorl.collector.alerts;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one noisy rule on many replicas from filling the store: of one rule in one service only the
 * first few in a sliding window become full captures. Safe for use by several threads.
 */
public final class StormControl {
  private static final int MAX_RULES = 10_000;

  private final Limit limit;
  private final InstantSource clock;
  private final Map<Key, Deque<Instant>> admitted = new HashMap<>();

  public StormControl(Limit limit, InstantSource clock) {
    this.limit = limit;
    this.clock = clock;
  }

  /**
   * How many full captures in how long.
   *
   * @param captures 1 or more
   */
  public record Limit(int captures, Duration window) {
    /** Three in ten minutes. */
    public static final Limit DEFAULT = new Limit(3, Duration.ofMinutes(10));
  }

  private record Key(@Nullable String namespace, String service, String rule) {}

  /**
   * Takes one of the window's captures.
   *
   * @return null when the capture may go on, else why not
   */
  public synchronized @Nullable String refusal(
      @Nullable String namespace, String service, String rule) {
    Instant now = clock.instant();
    Key key = new Key(namespace, service, rule);
    Deque<Instant> times = admitted.get(key);
    if (times == null) {
      if (admitted.size() >= MAX_RULES) {
        admitted.values().removeIf(others -> expired(others.getLast(), now));
      }
      if (admitted.size() >= MAX_RULES) {
        return "storm control: more than " + MAX_RULES + " rules and services fired lately";
      }
      times = new ArrayDeque<>(limit.captures());
      admitted.put(key, times);
    }
    while (!times.isEmpty() && expired(times.getFirst(), now)) {
      times.removeFirst();
    }
    if (times.size() >= limit.captures()) {
      return "storm control: this rule had "
          + limit.captures()
          + " full captures in this service within "
          + limit.window().toSeconds()
          + " s; ask for one with POST /api/v1/captures";
    }
    times.addLast(now);
    return null;
  }

  private boolean expired(Instant time, Instant now) {
    return !time.plus(limit.window()).isAfter(now);
  }
}
