package whorl.collector.alerts;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How many alerts one token may send from outside: enough for a large cluster on its worst day, and
 * too few to fill the room that there is in one. Thread-safe.
 */
final class AlertRates {
  /** A minute; a day of it is less than what is kept. */
  static final int MAX_A_WINDOW = 300;

  static final Duration WINDOW = Duration.ofMinutes(1);
  private static final int TOKENS_MAX = 10_000;

  private final LongSupplier nanos;
  private final Map<String, Window> windows = new HashMap<>();

  private record Window(long began, int alerts) {}

  /**
   * @param nanos as {@link System#nanoTime}
   */
  AlertRates(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * Takes so many of a token's share.
   *
   * @return false when the share does not have them
   */
  synchronized boolean take(String token, int alerts) {
    long now = nanos.getAsLong();
    Window window = windows.get(token);
    if (window == null || now - window.began() > WINDOW.toNanos()) {
      windows.values().removeIf(each -> now - each.began() > WINDOW.toNanos());
      if (windows.size() >= TOKENS_MAX) {
        return false;
      }
      window = new Window(now, 0);
    }
    // one body may have more alerts than a minute may, or it could never be sent
    boolean admitted = window.alerts() == 0 || window.alerts() + alerts <= MAX_A_WINDOW;
    if (admitted) {
      windows.put(token, new Window(window.began(), window.alerts() + alerts));
    }
    return admitted;
  }
}
