package whorl.collector.analysis;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;

/** A row as analyses look at it: by what it says, whatever its source called that. */
final class RowView {
  /** What analyses look at. */
  static final Set<Column> COLUMNS =
      EnumSet.of(
          Column.ACTION,
          Column.THREAD_NAME,
          Column.REQUEST_ID,
          Column.REQUEST_METHOD,
          Column.URL_PATH,
          Column.URL_QUERY,
          Column.RESPONSE_STATUS,
          Column.SOURCE_IP,
          Column.USER_AGENT,
          Column.FILE_PATH,
          Column.FILE_TARGET,
          Column.FILE_MODE,
          Column.FILE_SHA256,
          Column.DESTINATION_DOMAIN,
          Column.DESTINATION_IP,
          Column.DESTINATION_PORT,
          Column.DNS_NAME,
          Column.DNS_ADDRESSES,
          Column.COMMAND_LINE,
          Column.PROCESS_PID,
          Column.EXIT_CODE,
          Column.CLASS_NAME,
          Column.CLASS_ORIGIN,
          Column.RULE_NAME,
          Column.FIELDS);

  /** Beyond it nothing telling is looked for. */
  private static final int TEXT_CHARS = 16_384;

  private static final int LIST_MAX = 64;

  private final Row row;
  private @Nullable Map<String, Object> fields;

  RowView(Row row) {
    this.row = row;
  }

  /** What names the row. */
  String id() {
    return row.id();
  }

  /** From 0, in the order of time within its evidence. */
  long number() {
    return row.number();
  }

  Instant time() {
    return row.time();
  }

  String action() {
    return row.action();
  }

  boolean is(String action) {
    return row.action().equals(action);
  }

  /** The text of a column, cut where it is absurdly long; null where there is none. */
  @Nullable String text(Column column) {
    return shortened(row.text(column));
  }

  @Nullable Long number(Column column) {
    return row.number(column);
  }

  String thread() {
    String thread = row.text(Column.THREAD_NAME);
    return thread == null ? "an unknown thread" : "thread " + Phrases.cut(thread, 80);
  }

  /** Which request it was for; null for none. */
  @Nullable String request() {
    String id = text(Column.REQUEST_ID);
    return id == null || id.isBlank() ? null : id;
  }

  /** A field of the source, as text; null where it is absent or empty. */
  @Nullable String field(String name) {
    Object value = fields().get(name);
    String text =
        value instanceof List<?> list
            ? String.join(", ", strings(list))
            : value == null ? "" : value.toString();
    return text.isEmpty() ? null : shortened(text);
  }

  /** A column's text, or where it has none, a field's; empty where both are absent. */
  String textOr(Column column, String field) {
    String text = text(column);
    String told = text != null ? text : field(field);
    return told == null ? "" : told;
  }

  /**
   * The file that the row is about: as the kernel resolved it where that is known, and else without
   * the {@code ..} by which the path as it was written goes round. Empty where there is none.
   */
  String file() {
    return resolved("realPath", textOr(Column.FILE_PATH, "path"));
  }

  /** The same of where a file was moved or linked to. */
  String fileTarget() {
    return resolved("realTarget", textOr(Column.FILE_TARGET, "target"));
  }

  private String resolved(String field, String written) {
    String real = field(field);
    if (real != null) {
      return real;
    }
    try {
      return written.contains("/.") ? Path.of(written).normalize().toString() : written;
    } catch (InvalidPathException notOne) {
      return written;
    }
  }

  /** Whether the field says true. */
  boolean flag(String name) {
    return "true".equals(field(name));
  }

  /** A field that is a list, or one value; the first ones. */
  List<String> fieldList(String name) {
    Object value = fields().get(name);
    if (value instanceof List<?> list) {
      return strings(list);
    }
    return value == null ? List.of() : List.of(String.valueOf(shortened(value.toString())));
  }

  /** A field that is a list of objects; the first ones. */
  List<Map<?, ?>> fieldObjects(String name) {
    List<Map<?, ?>> objects = new ArrayList<>();
    Object value = fields().get(name);
    if (value instanceof Map<?, ?> one) {
      objects.add(one);
    } else if (value instanceof List<?> list) {
      for (Object each : list.subList(0, Math.min(LIST_MAX, list.size()))) {
        if (each instanceof Map<?, ?> map) {
          objects.add(map);
        }
      }
    }
    return objects;
  }

  /** Nanoseconds; 0 where the row says nothing that could be one. */
  long nanos(String field) {
    Object value = fields().get(field);
    long nanos = value instanceof Number number ? number.longValue() : 0;
    return nanos < 0 || nanos > 86_400_000_000_000L ? 0 : nanos;
  }

  private Map<String, Object> fields() {
    Map<String, Object> known = fields;
    if (known == null) {
      try {
        known = row.fields();
      } catch (IllegalStateException damaged) {
        known = Map.of();
      }
      fields = known;
    }
    return known;
  }

  private static List<String> strings(List<?> list) {
    List<String> strings = new ArrayList<>();
    for (Object each : list.subList(0, Math.min(LIST_MAX, list.size()))) {
      if (each != null) {
        strings.add(String.valueOf(shortened(each.toString())));
      }
    }
    return strings;
  }

  private static @Nullable String shortened(@Nullable String text) {
    return text == null || text.length() <= TEXT_CHARS ? text : text.substring(0, TEXT_CHARS);
  }
}
