package whorl.collector.limit;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How often each of many clients may do something within a window of time. Beyond twenty thousand
 * clients in one window, the further ones have one share together. Thread-safe.
 */
public final class Rates {
  private static final int KEYS_MAX = 20_000;

  /** No token, address or id is empty. */
  private static final String FURTHER = "";

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
    if (!windows.containsKey(client) && windows.size() >= KEYS_MAX) {
      windows.values().removeIf(each -> ended(each, now));
    }
    String whose = windows.containsKey(client) || windows.size() < KEYS_MAX ? client : FURTHER;
    Window current = windows.get(whose);
    if (current == null || ended(current, now)) {
      current = new Window(now, 0);
    }
    boolean taken = current.taken() == 0 || current.taken() + count <= max;
    if (taken) {
      windows.put(whose, new Window(current.began(), current.taken() + count));
    }
    return taken;
  }

  private boolean ended(Window each, long now) {
    return now - each.began() > window.toNanos();
  }
}
