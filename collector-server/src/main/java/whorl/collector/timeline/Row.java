package whorl.collector.timeline;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.type.TypeReference;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** One row of a timeline: its values by column, without absent ones. Immutable. */
public final class Row {
  private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final Map<Column, Object> values;
  private final Id evidence;
  private final long number;
  private final Instant time;
  private final @Nullable RowMarks marks;
  private final int pieces;

  private Row(
      Map<Column, Object> values,
      Id evidence,
      long number,
      Instant time,
      @Nullable RowMarks marks,
      int pieces) {
    this.pieces = pieces;
    this.values = values;
    this.evidence = evidence;
    this.number = number;
    this.time = time;
    this.marks = marks;
  }

  /**
   * Makes a row of these values: a {@code String} for a text column, a {@code Long} for numbers and
   * for times, which are nanoseconds since 1970.
   *
   * @throws IllegalArgumentException if a value is of another type, or {@code @timestamp}, {@code
   *     jvm.row} or {@code jvm.evidence} is missing
   */
  public static Row of(Map<Column, Object> values) {
    EnumMap<Column, Object> copy = new EnumMap<>(Column.class);
    values.forEach(
        (column, value) -> {
          boolean fits =
              column.kind() == Column.Kind.TEXT ? value instanceof String : value instanceof Long;
          if (!fits) {
            throw new IllegalArgumentException(
                column.columnName() + " is " + column.kind() + ", not " + value.getClass());
          }
          copy.put(column, value);
        });
    if (copy.get(Column.EVIDENCE) instanceof String evidence
        && copy.get(Column.ROW) instanceof Long number
        && copy.get(Column.TIME) instanceof Long time) {
      return new Row(copy, new Id(evidence), number, instant(time), null, 1);
    }
    throw new IllegalArgumentException(
        "a row without @timestamp, jvm.row or jvm.evidence: " + copy.keySet());
  }

  /** The same row with what people have marked; null for nothing. */
  public Row with(@Nullable RowMarks marks) {
    return new Row(values, evidence, number, time, marks, pieces);
  }

  /** What people have marked; null for nothing, and if nobody has asked for it. */
  public @Nullable RowMarks marks() {
    return marks;
  }

  /** The same row, which this number of pieces of evidence have. */
  public Row in(int pieces) {
    return new Row(values, evidence, number, time, marks, pieces);
  }

  /** How many pieces of evidence have it; 1 if nobody has counted. */
  public int pieces() {
    return pieces;
  }

  public Id evidence() {
    return evidence;
  }

  /** From 0, in time order within its evidence. */
  public long number() {
    return number;
  }

  /** The row's global id: {@code <evidence>:<row>}. */
  public String id() {
    return evidence + ":" + number;
  }

  /** By the collector's clock. */
  public Instant time() {
    return time;
  }

  /** The text in this column, or null. */
  public @Nullable String text(Column column) {
    return values.get(column) instanceof String text ? text : null;
  }

  /** The number in this column, or null. */
  public @Nullable Long number(Column column) {
    return values.get(column) instanceof Long number ? number : null;
  }

  /** The event type, or another name for what happened. */
  public String action() {
    String action = text(Column.ACTION);
    return action == null ? "" : action;
  }

  /**
   * All fields of the source under their original names; empty if there are none, or if they are so
   * long that the timeline has only their beginning.
   */
  public Map<String, Object> fields() {
    String json = text(Column.FIELDS);
    if (json == null) {
      return Map.of();
    }
    try {
      Map<String, Object> fields = Json.LENIENT.readValue(json, OBJECT);
      return fields == null ? Map.of() : fields;
    } catch (JacksonException cut) {
      return Map.of(); // an intruder can make such rows, and they must not hide all others
    }
  }

  /** The number of characters of its texts. */
  public long textChars() {
    long chars = 0;
    for (Object value : values.values()) {
      chars += value instanceof String text ? text.length() : 0;
    }
    return chars;
  }

  /** Frames, innermost first; empty if there are none or the query did not request them. */
  public List<String> stack() {
    String frames = text(Column.STACK_TRACE);
    return frames == null ? List.of() : List.of(frames.split("\n"));
  }

  /**
   * The format of the API: values by column name in the order of {@link Column}, times as RFC 3339
   * text with nanoseconds, {@link RowMarks#flat} of a marked row, {@code pieces} if several pieces
   * of evidence have it, and {@code event.id} at the end.
   */
  public Map<String, Object> flat() {
    Map<String, Object> flat = new LinkedHashMap<>();
    values.forEach(
        (column, value) ->
            flat.put(
                column.columnName(),
                column.kind() == Column.Kind.TIME ? instant((Long) value).toString() : value));
    if (marks != null) {
      flat.putAll(marks.flat());
    }
    if (pieces > 1) {
      flat.put("pieces", pieces);
    }
    flat.put("event.id", id());
    return flat;
  }

  private static Instant instant(long epochNanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(epochNanos, NANOS_PER_SECOND), Math.floorMod(epochNanos, NANOS_PER_SECOND));
  }
}
