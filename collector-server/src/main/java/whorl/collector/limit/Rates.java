package whorl.collector.limit;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Limits how often each of many clients may do something within a window of time. Beyond twenty
 * thousand clients in one window, further clients share one quota. Thread-safe.
 */
public final class Rates {
  private static final int MAX_CLIENTS = 20_000;

  /** The shared key of further clients; no token, address or id is empty. */
  private static final String SHARED = "";

  private final int max;
  private final Duration window;
  private final LongSupplier nanos;
  private final Map<String, Window> windows = new HashMap<>();

  private record Window(long startNanos, int used) {}

  /**
   * @param max quota of one client in a window
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
   * Takes {@code count} units from a client's quota. The first request of a window may exceed the
   * quota, because it could never succeed otherwise.
   *
   * @param client a token, an address or an agent's id
   * @return false when the quota is exhausted
   */
  public synchronized boolean take(String client, int count) {
    long now = nanos.getAsLong();
    if (!windows.containsKey(client) && windows.size() >= MAX_CLIENTS) {
      windows.values().removeIf(oldWindow -> hasEnded(oldWindow, now));
    }
    String key = windows.containsKey(client) || windows.size() < MAX_CLIENTS ? client : SHARED;
    Window current = windows.get(key);
    if (current == null || hasEnded(current, now)) {
      current = new Window(now, 0);
    }
    boolean allowed = current.used() == 0 || current.used() + count <= max;
    if (allowed) {
      windows.put(key, new Window(current.startNanos(), current.used() + count));
    }
    return allowed;
  }

  private boolean hasEnded(Window candidate, long now) {
    return now - candidate.startNanos() > window.toNanos();
  }
}
