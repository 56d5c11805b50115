package whorl.collector.timeline.read;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of each request by its id, from whatever artifact: events carry the id alone. Safe
 * for use by several threads.
 */
public final class Requests {
  private static final int REQUESTS_MAX = 1_000_000;
  private static final int TEXT_MAX_CHARS = 4_096;

  private final Map<String, Request> known = new TreeMap<>();
  private long forgotten;

  /** One request; the smaller one of two that differ is kept, so that the order is no matter. */
  public record Request(
      String id, @Nullable String method, @Nullable String path, @Nullable String address)
      implements Comparable<Request> {
    @Override
    public int compareTo(Request other) {
      return toString().compareTo(other.toString());
    }
  }

  synchronized void add(
      String id, @Nullable String method, @Nullable String path, @Nullable String address) {
    if (known.size() >= REQUESTS_MAX && !known.containsKey(id)) {
      forgotten++;
      return;
    }
    Request request = new Request(id, method, cut(path), address);
    known.merge(id, request, (one, other) -> one.compareTo(other) <= 0 ? one : other);
  }

  /** By id. */
  public synchronized Iterable<Request> all() {
    return java.util.List.copyOf(known.values());
  }

  public synchronized long forgotten() {
    return forgotten;
  }

  private static @Nullable String cut(@Nullable String text) {
    return text == null || text.length() <= TEXT_MAX_CHARS
        ? text
        : text.substring(0, TEXT_MAX_CHARS);
  }
}
