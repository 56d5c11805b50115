package whorl.collector.analysis.rows;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.detect.Detection;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.evidence.Text;

/** A row as analyses read it: by meaning, independent of the source's field names. */
public final class RowView {
  /** The columns that analyses read. */
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

  /** Texts are searched up to this length. */
  private static final int TEXT_CHARS = ShortRows.TEXT_CHARS;

  private static final int LIST_MAX = 64;

  private final Row row;
  private @Nullable Map<String, Object> fields;
  private @Nullable Detection rules;

  public RowView(Row row) {
    this.row = row;
  }

  /** The id of the row. */
  public String id() {
    return row.id();
  }

  /** The number of the row, from 0, sorted by time within its evidence. */
  public long number() {
    return row.number();
  }

  public Instant time() {
    return row.time();
  }

  public String action() {
    return row.action();
  }

  public boolean is(String action) {
    return row.action().equals(action);
  }

  /** Returns the text of a column, cut if it is longer than {@link #TEXT_CHARS}; null if absent. */
  public @Nullable String text(Column column) {
    return cut(row.text(column));
  }

  public @Nullable Long number(Column column) {
    return row.number(column);
  }

  public String thread() {
    String thread = row.text(Column.THREAD_NAME);
    return thread == null ? "an unknown thread" : "thread " + Phrases.cut(thread, 80);
  }

  /** Returns the id of the row's request, or null. */
  public @Nullable String request() {
    String id = text(Column.REQUEST_ID);
    return id == null || id.isBlank() ? null : id;
  }

  /**
   * Returns a field of the source as it was stored: a text, number or boolean, or a list of texts;
   * null if absent.
   */
  public @Nullable Object value(String name) {
    Object value = fields().get(name);
    if (value instanceof String text) {
      return cut(text);
    }
    return value instanceof List<?> list ? strings(list) : value;
  }

  /**
   * The built-in rules that match the row, as far as they need no stack: exceptions for a library
   * on the stack do not apply.
   */
  public Detection rules() {
    Detection known = rules;
    if (known == null) {
      known = RowEvents.detect(RowContext.of(this));
      rules = known;
    }
    return known;
  }

  /** Returns a field of the source as text; null if absent or empty. */
  public @Nullable String field(String name) {
    Object value = fields().get(name);
    String text =
        value instanceof List<?> list
            ? String.join(", ", strings(list))
            : value == null ? "" : value.toString();
    return text.isEmpty() ? null : cut(text);
  }

  /** Returns the column's text, or else the field's; empty if both are absent. */
  public String textOr(Column column, String field) {
    String text = text(column);
    String value = text != null ? text : field(field);
    return value == null ? "" : value;
  }

  /**
   * Returns the file of the row: the path that the kernel resolved if known, else the normalized
   * path, without {@code ..}. Empty if there is none.
   */
  public String file() {
    return resolved("realPath", textOr(Column.FILE_PATH, "path"));
  }

  /** Returns the resolved target of a move or link. */
  public String fileTarget() {
    return resolved("realTarget", textOr(Column.FILE_TARGET, "target"));
  }

  private String resolved(String field, String written) {
    String real = field(field);
    if (real != null) {
      return real;
    }
    try {
      return written.contains("/.") ? Path.of(written).normalize().toString() : written;
    } catch (InvalidPathException invalid) {
      return written;
    }
  }

  /** True if a row about a file changes the file system. */
  public boolean writes() {
    if (!is("whorl.FileOpen")) {
      return true;
    }
    String access = field("access");
    return access != null && !access.equals("read") && !flag("failed");
  }

  /** True if the field is {@code true}. */
  public boolean flag(String name) {
    return "true".equals(field(name));
  }

  /** Returns a field that is a list or one value; at most the first 64 values. */
  public List<String> fieldList(String name) {
    Object value = fields().get(name);
    if (value instanceof List<?> list) {
      return strings(list);
    }
    return value == null ? List.of() : List.of(String.valueOf(cut(value.toString())));
  }

  /** Returns a field that is a list of objects; at most the first 64. */
  public List<Map<?, ?>> fieldObjects(String name) {
    List<Map<?, ?>> objects = new ArrayList<>();
    Object value = fields().get(name);
    if (value instanceof Map<?, ?> object) {
      objects.add(object);
    } else if (value instanceof List<?> list) {
      for (Object item : list.subList(0, Math.min(LIST_MAX, list.size()))) {
        if (item instanceof Map<?, ?> map) {
          objects.add(map);
        }
      }
    }
    return objects;
  }

  /** Returns a field in nanoseconds; 0 if it is absent or implausible. */
  long nanos(String field) {
    Object value = fields().get(field);
    long nanos = value instanceof Number number ? number.longValue() : 0;
    return nanos < 0 || nanos > 86_400_000_000_000L ? 0 : nanos;
  }

  private Map<String, Object> fields() {
    Map<String, Object> known = fields;
    if (known == null) {
      known = row.fields();
      fields = known;
    }
    return known;
  }

  private static List<String> strings(List<?> list) {
    List<String> strings = new ArrayList<>();
    for (Object item : list.subList(0, Math.min(LIST_MAX, list.size()))) {
      if (item != null) {
        strings.add(String.valueOf(cut(item.toString())));
      }
    }
    return strings;
  }

  private static @Nullable String cut(@Nullable String text) {
    return text == null ? null : Text.beginning(text, TEXT_CHARS);
  }
}
