package whorl.collector.alerts;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Alert;
import whorl.evidence.EventLine;
import whorl.evidence.Json;
import whorl.evidence.Text;

/** Limits the size of every alert, from agents and from outside. */
final class AlertLimits {
  private static final int MAX_NAME_CHARS = 256;
  private static final int MAX_TITLE_CHARS = 1_000;
  private static final int MAX_TEXT_CHARS = 8_000;
  private static final int MAX_TAGS = 64;
  private static final int MAX_FIELDS = 128;
  private static final int MAX_FIELD_CHARS = 4_000;
  private static final int MAX_FIELDS_CHARS = 64 << 10;
  private static final int MAX_FRAMES = 256;
  private static final int MAX_EVENTS = 500;
  private static final int MAX_EVENTS_CHARS = 256 << 10;

  private static final Instant TIME_MAX = Instant.parse("2262-01-01T00:00:00Z");

  private AlertLimits() {}

  /** A source may say any time; one that no list can be sorted by is the first or the last. */
  private static Instant storable(Instant time) {
    if (time.isBefore(Instant.EPOCH)) {
      return Instant.EPOCH;
    }
    return time.isAfter(TIME_MAX) ? TIME_MAX : time;
  }

  /** Returns the alert with this {@code source} and with long parts cut. */
  static Alert bounded(Alert alert, String source) {
    return new Alert(
        alert.id(),
        source,
        storable(alert.time()),
        cut(alert.rule(), MAX_NAME_CHARS),
        alert.level(),
        cut(alert.title(), MAX_TITLE_CHARS),
        alert.description() == null ? null : cut(alert.description(), MAX_TEXT_CHARS),
        cutAll(alert.tags(), MAX_TAGS, MAX_NAME_CHARS),
        fields(alert.fields()),
        alert.thread() == null ? null : cut(alert.thread(), MAX_NAME_CHARS),
        cutAll(alert.stack(), MAX_FRAMES, MAX_TITLE_CHARS));
  }

  /**
   * Keeps numbers, booleans and lists of strings, and turns other values into text. Leaves nulls
   * out.
   */
  static Map<String, Object> fields(Map<String, ?> fields) {
    Map<String, Object> limited = new LinkedHashMap<>();
    int chars = 0;
    for (Map.Entry<String, ?> field : fields.entrySet()) {
      Object value = field.getValue();
      if (value == null) {
        continue;
      }
      String full = Objects.toString(value);
      String text = cut(full, MAX_FIELD_CHARS);
      String name = cut(field.getKey(), MAX_NAME_CHARS);
      chars += name.length() + text.length();
      if (limited.size() >= MAX_FIELDS || chars > MAX_FIELDS_CHARS) {
        limited.put("whorl.cut", "more fields came than are kept");
        break;
      }
      limited.put(name, isPlain(value) && full.length() <= MAX_FIELD_CHARS ? value : text);
    }
    return limited;
  }

  private static boolean isPlain(Object value) {
    return value instanceof Boolean
        || value instanceof Number
        || (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance));
  }

  /** Returns the newest events, because those led directly to the alert. */
  static List<EventLine> newest(List<EventLine> journal) {
    Deque<EventLine> limited = new ArrayDeque<>();
    int chars = 0;
    for (int i = journal.size() - 1; i >= 0 && limited.size() < MAX_EVENTS; i--) {
      chars += Json.bytes(journal.get(i)).length;
      if (chars > MAX_EVENTS_CHARS) {
        break;
      }
      limited.addFirst(journal.get(i));
    }
    return new ArrayList<>(limited);
  }

  /** A name of a place, cut: lists have indexes of names, whose entries must be short. */
  static @Nullable String name(@Nullable String place) {
    return place == null ? null : cut(place, MAX_NAME_CHARS);
  }

  static String cut(@Nullable String text, int maxChars) {
    if (text == null) {
      return "";
    }
    return Text.atMost(text, maxChars);
  }

  private static List<String> cutAll(List<String> texts, int max, int maxChars) {
    return texts.stream().limit(max).map(text -> cut(text, maxChars)).toList();
  }
}
