package whorl.collector.limit;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A quota that this collector keeps in memory, for itself alone, of at most twenty thousand
 * clients.
 */
public final class Rates implements Quota {
  private static final int MAX_CLIENTS = 20_000;

  /** The shared key of further clients; no token, address or id is empty. */
  private static final String SHARED = "";

  private final int max;
  private final Duration window;
  private final LongSupplier nanos;
  private final int maxClients;
  private final Map<String, Window> windows = new HashMap<>();

  private record Window(long startNanos, long used) {}

  /**
   * @param max quota of one client in a window
   * @param nanos as {@link System#nanoTime}
   */
  public Rates(int max, Duration window, LongSupplier nanos) {
    this(max, window, nanos, MAX_CLIENTS);
  }

  Rates(int max, Duration window, LongSupplier nanos, int maxClients) {
    this.max = max;
    this.window = window;
    this.nanos = nanos;
    this.maxClients = maxClients;
  }

  @Override
  public int max() {
    return max;
  }

  @Override
  public Duration window() {
    return window;
  }

  @Override
  public synchronized boolean take(String client, int count) {
    long now = nanos.getAsLong();
    if (!windows.containsKey(client) && windows.size() >= maxClients) {
      windows.values().removeIf(oldWindow -> hasEnded(oldWindow, now));
    }
    String key = windows.containsKey(client) || windows.size() < maxClients ? client : SHARED;
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
