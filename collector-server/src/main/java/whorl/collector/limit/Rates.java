package whorl.collector.limit;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** How often each of many clients may do something within a window of time. Thread-safe. */
public final class Rates {
  private static final int KEYS_MAX = 10_000;

  private final int max;
  private final Duration window;
  private final LongSupplier nanos;
  private final Map<String, Window> windows = new HashMap<>();

  private record Window(long began, int taken) {}

  /**
   * @param max in one window
   * @param nanos as {@link System#nanoTime}
   */
  public Rates(int max, Duration window, LongSupplier nanos) {
    this.max = max;
    this.window = window;
    this.nanos = nanos;
  }

  public int max() {
    return max;
  }

  public Duration window() {
    return window;
  }

  /**
   * Takes so many of a client's share. The first of a window may be more than the share, or it
   * could never be taken.
   *
   * @param client a token, an address, an agent
   * @return false when the share does not have them
   */
  public synchronized boolean take(String client, int count) {
    long now = nanos.getAsLong();
    Window current = windows.get(client);
    if (current == null || now - current.began() > window.toNanos()) {
      windows.values().removeIf(each -> now - each.began() > window.toNanos());
      if (windows.size() >= KEYS_MAX) {
        return false;
      }
      current = new Window(now, 0);
    }
    boolean taken = current.taken() == 0 || current.taken() + count <= max;
    if (taken) {
      windows.put(client, new Window(current.began(), current.taken() + count));
    }
    return taken;
  }
}
