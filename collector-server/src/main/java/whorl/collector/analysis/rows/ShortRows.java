package whorl.collector.analysis.rows;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.evidence.Json;
import whorl.evidence.Text;

/**
 * Shortens rows, because analyses keep thousands of them, and an intruder can make rows of several
 * MiB. Rows as agents make them stay as they are. For one pass over a timeline.
 */
final class ShortRows {
  /** Texts of a row together; an ordinary row has some hundred characters. */
  private static final int LONG_CHARS = 2_048;

  /** Rows that are longer are shortened to this, and their texts to {@link #TEXT_CHARS}. */
  private static final int ROW_CHARS = 65_536;

  static final int TEXT_CHARS = 16_384;

  /** Long rows have this room together; the texts of those after them are cut. */
  private static final long ROOM_CHARS = 32L << 20;

  private static final int CUT_TEXT_CHARS = 256;
  private static final int LIST_MAX = 64;

  /** A character beyond ASCII is escaped in JSON. */
  private static final int JSON_CHARACTER_MAX = 6;

  private long leftChars = ROOM_CHARS;
  private long cut;

  /** The row, or one with shorter texts. */
  Row of(Row row) {
    if (row.textChars() <= LONG_CHARS) {
      return row;
    }
    Row kept = row.textChars() <= ROW_CHARS ? row : shortened(row, TEXT_CHARS, ROW_CHARS);
    leftChars -= kept.textChars();
    if (leftChars >= 0) {
      return kept;
    }
    cut++;
    return shortened(kept, CUT_TEXT_CHARS, LONG_CHARS);
  }

  /** The number of rows whose texts were cut because there was no room. */
  long cut() {
    return cut;
  }

  private static Row shortened(Row row, int textChars, int rowChars) {
    Map<Column, Object> values = new EnumMap<>(Column.class);
    int left = rowChars;
    for (Column column : Column.values()) {
      String text = column.kind() == Column.Kind.TEXT ? row.text(column) : null;
      Long number = column.kind() == Column.Kind.TEXT ? null : row.number(column);
      if (number != null) {
        values.put(column, number);
      } else if (text != null && column != Column.FIELDS) {
        String beginning = Text.beginning(text, textChars);
        values.put(column, beginning);
        left -= beginning.length();
      }
    }
    String fields = fields(row, textChars, left);
    if (fields != null) {
      values.put(Column.FIELDS, fields);
    }
    return Row.of(values);
  }

  /** The fields that fit, in their order; null if they cannot be read. */
  private static @Nullable String fields(Row row, int textChars, int maxChars) {
    Map<String, Object> all = row.fields();
    if (all.isEmpty()) {
      return null;
    }
    Map<String, @Nullable Object> kept = new LinkedHashMap<>();
    int left = maxChars;
    for (Map.Entry<String, Object> each : all.entrySet()) {
      Object value = shortened(each.getValue(), textChars);
      int chars = each.getKey().length() + (value == null ? 0 : Json.text(value).length());
      if (chars > left && value instanceof String text) {
        int room = Math.max(0, left - each.getKey().length() - 2);
        value = Text.beginning(text, room / JSON_CHARACTER_MAX);
        chars = each.getKey().length() + Json.text(value).length();
      }
      if (chars <= left) {
        kept.put(each.getKey(), value);
        left -= chars;
      }
    }
    return Json.text(kept);
  }

  private static @Nullable Object shortened(@Nullable Object value, int textChars) {
    if (value instanceof String text) {
      return Text.beginning(text, textChars);
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> first = new ArrayList<>();
      for (Object each : list.subList(0, Math.min(LIST_MAX, list.size()))) {
        first.add(each instanceof String text ? Text.beginning(text, textChars) : each);
      }
      return first;
    }
    return value;
  }
}
