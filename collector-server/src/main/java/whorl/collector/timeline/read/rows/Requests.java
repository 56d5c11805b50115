package whorl.collector.timeline.read.rows;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Text;

/**
 * Collects the data of each request by its id, from all artifacts: most events have only the id. If
 * there is not enough room, requests with the smallest ids are kept, so the result does not depend
 * on the order of arrival. Thread-safe.
 */
public final class Requests {
  private static final int CHARS_MAX = 16 << 20;
  private static final int ENTRY_CHARS = 100;
  private static final int TEXT_MAX_CHARS = 1_024;
  private static final Comparator<@Nullable String> TEXTS =
      Comparator.nullsLast(Comparator.naturalOrder());
  private static final Comparator<Request> BY_TEXTS =
      Comparator.comparing(Request::method, TEXTS)
          .thenComparing(Request::path, TEXTS)
          .thenComparing(Request::address, TEXTS);

  /** All requests, up to the limit. */
  private Map<String, Request> known = new HashMap<>();

  /** The same requests ordered by id, once the limit is reached. */
  private @Nullable TreeMap<String, Request> ordered;

  private final int charsMax;
  private int chars;
  private long dropped;

  public Requests() {
    this(CHARS_MAX);
  }

  Requests(int charsMax) {
    this.charsMax = charsMax;
  }

  /** The data of one request. */
  public record Request(
      String id, @Nullable String method, @Nullable String path, @Nullable String address) {
    private int chars() {
      return ENTRY_CHARS + id.length() + length(method) + length(path) + length(address);
    }

    private static int length(@Nullable String text) {
      return text == null ? 0 : text.length();
    }
  }

  /** If two differ, the smaller one is kept. */
  public void add(
      String id, @Nullable String method, @Nullable String path, @Nullable String address) {
    Request request = new Request(id, cut(method), cut(path), cut(address));
    synchronized (this) {
      if (id.length() > TEXT_MAX_CHARS) {
        dropped++;
        return;
      }
      Request previous = known.get(id);
      if (previous != null && BY_TEXTS.compare(previous, request) <= 0) {
        return;
      }
      known.put(id, request);
      chars += request.chars() - (previous == null ? 0 : previous.chars());
      if (chars > charsMax) {
        dropLargestIds();
      }
    }
  }

  private void dropLargestIds() {
    TreeMap<String, Request> byId = ordered;
    if (byId == null) {
      byId = new TreeMap<>(known);
      ordered = byId;
      known = byId;
    }
    while (chars > charsMax) {
      chars -= byId.pollLastEntry().getValue().chars();
      dropped++;
    }
  }

  /** By id. */
  public synchronized Iterable<Request> all() {
    return known.values().stream().sorted(Comparator.comparing(Request::id)).toList();
  }

  /** How often a request was dropped for lack of room. */
  public synchronized long dropped() {
    return dropped;
  }

  private static @Nullable String cut(@Nullable String text) {
    return text == null ? null : Text.beginning(text, TEXT_MAX_CHARS);
  }
}
