package whorl.collector.timeline.query;

import static whorl.collector.timeline.StoredColumns.quoted;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.StoredColumns;

/**
 * Times of files that several pieces of evidence of one host have. They are the same if path, time
 * and what it is of, size, digest and mode are.
 */
final class FileTimes {
  private static final String PREFIX = "file.";
  private static final char BETWEEN = 31;
  private static final String NANOS = "r." + quoted(StoredColumns.NANOS);
  private static final List<Column> COMPARED =
      List.of(
          Column.FILE_PATH, Column.ACTION, Column.FILE_SIZE, Column.FILE_SHA256, Column.FILE_MODE);

  private final Duck duck;
  private final List<ScanPlan> plans;

  FileTimes(Duck duck, List<ScanPlan> plans) {
    this.duck = duck;
    this.plans = plans;
  }

  /** How many pieces of evidence of the same host have each of these rows, by the rows' ids. */
  Map<String, Integer> pieces(List<Row> rows) throws IOException {
    Set<Long> nanos = new LinkedHashSet<>();
    Set<String> keys = new HashSet<>();
    for (Row row : rows) {
      Long time = row.number(Column.TIME);
      if (row.action().startsWith(PREFIX) && time != null) {
        nanos.add(time);
        keys.add(key(row));
      }
    }
    Map<String, Integer> pieces = new HashMap<>();
    if (nanos.isEmpty() || plans.size() < 2) {
      return pieces;
    }
    Map<String, Integer> counts = counts(List.copyOf(nanos), keys);
    for (Row row : rows) {
      Integer count = counts.get(host(row.text(Column.HOST)) + BETWEEN + key(row));
      if (row.action().startsWith(PREFIX) && count != null) {
        pieces.put(row.id(), count);
      }
    }
    return pieces;
  }

  /**
   * @param keys of the rows; an image may have any number of other files of the same time
   */
  private Map<String, Integer> counts(List<Long> nanos, Set<String> keys) throws IOException {
    StringJoiner all = new StringJoiner(" UNION ALL ");
    List<Object> hosts = new ArrayList<>();
    for (int i = 0; i < plans.size(); i++) {
      ScanPlan plan = plans.get(i);
      String host = plan.timeline().constants().get(Column.HOST);
      if (host != null) {
        hosts.add(host);
        all.add(
            "SELECT DISTINCT "
                + i
                + " AS place, $"
                + hosts.size()
                + "::VARCHAR AS host, "
                + key(plan)
                + " AS k FROM "
                + from(plan)
                + " WHERE "
                + isOf(plan)
                + " AND "
                + Select.in(NANOS, nanos));
      }
    }
    Map<String, Integer> counts = new HashMap<>();
    if (hosts.isEmpty()) {
      return counts;
    }
    duck.query(
        "SELECT host, k, count(*) FROM (" + all + ") GROUP BY host, k HAVING count(*) > 1",
        hosts,
        result -> {
          while (result.next()) {
            String key = result.getString(2);
            if (keys.contains(key)) {
              counts.put(host(result.getString(1)) + BETWEEN + key, result.getInt(3));
            }
          }
        });
    return counts;
  }

  private static String host(@Nullable String host) {
    return host == null ? "" : host;
  }

  /** SQL for the plan's files as a table {@code r}. */
  static String from(ScanPlan plan) {
    return Duck.parquet(plan.files()) + " r";
  }

  /** SQL that is true for a row {@code r} that is a file's time. */
  static String isOf(ScanPlan plan) {
    return "starts_with(coalesce(" + plan.value(Column.ACTION) + ", ''), '" + PREFIX + "')";
  }

  /** SQL for what times that are the same have in common, the same as {@link #key(Row)}. */
  static String key(ScanPlan plan) {
    StringJoiner parts = new StringJoiner(", ", "concat_ws(chr(" + (int) BETWEEN + "), ", ")");
    parts.add(NANOS + "::VARCHAR");
    for (Column column : COMPARED) {
      parts.add("coalesce(" + plan.value(column) + "::VARCHAR, '')");
    }
    return parts.toString();
  }

  private static String key(Row row) {
    StringBuilder key = new StringBuilder().append(row.number(Column.TIME));
    for (Column column : COMPARED) {
      Object value = column.kind() == Column.Kind.NUMBER ? row.number(column) : row.text(column);
      key.append(BETWEEN).append(value == null ? "" : value);
    }
    return key.toString();
  }
}
