package whorl.collector.timeline.query;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;
import whorl.evidence.Id;

/**
 * Rows that say what other rows say. An alert is in the recording as {@code whorl.Alert}, in {@code
 * alert.json} as {@code alert.raised}, and in other evidence of the same JVM; the first {@code
 * alert.raised} is shown, which has level, rule, request and stack, else the first {@code
 * whorl.Alert}. Of {@link FileTimes} the first is shown. Rows that a query names are always shown.
 */
final class Duplicates {
  /** All rows are shown. */
  static final Duplicates SHOWN = new Duplicates(Map.of(), Map.of());

  private static final String EVENT = "whorl.Alert";
  private static final String RAISED = "alert.raised";

  /** If there are more alerts, none is left out as a duplicate. */
  private static final int ALERTS_MAX = 10_000;

  private final Map<Id, List<Long>> hidden;
  private final Map<String, Integer> pieces;

  private Duplicates(Map<Id, List<Long>> hidden, Map<String, Integer> pieces) {
    this.hidden = hidden;
    this.pieces = pieces;
  }

  /** Reads rows. */
  @FunctionalInterface
  interface Reading {
    void each(TimelineQuery query, Set<Column> columns, Timeline.RowConsumer rows)
        throws IOException;
  }

  /** The rows of one alert. */
  private static final class Alert {
    private final Set<Id> evidence = new HashSet<>();
    private Row shown;

    Alert(Row first) {
      this.shown = first;
    }

    /** Returns the row that is not shown. */
    Row add(Row other) {
      if (other.action().equals(RAISED) && !shown.action().equals(RAISED)) {
        Row before = shown;
        shown = other;
        return before;
      }
      return other;
    }
  }

  static boolean appliesTo(TimelineQuery query) {
    return query.once()
        && query.only() == null
        && query.where().stream().noneMatch(where -> where.column() == Column.ROW);
  }

  /** Finds the alerts among the rows that match, at whatever time. */
  static Duplicates of(TimelineQuery query, Reading reading) throws IOException {
    List<String> types = new ArrayList<>();
    for (String type : List.of(RAISED, EVENT)) {
      if (query.types().isEmpty() || query.types().stream().anyMatch(each -> isOf(type, each))) {
        types.add(type);
      }
    }
    Map<String, Alert> alerts = new LinkedHashMap<>();
    Map<Id, List<Long>> hidden = new HashMap<>();
    if (!types.isEmpty()) {
      int[] read = {0};
      reading.each(
          query
              .once(false)
              .between(null, null)
              .newestFirst(false)
              .types(types.toArray(String[]::new)),
          EnumSet.of(Column.ACTION, Column.FIELDS),
          row -> {
            if (read[0]++ < ALERTS_MAX && row.fields().get("id") instanceof String id) {
              add(row, id, alerts, hidden);
            }
          });
    }
    Map<String, Integer> pieces = new HashMap<>();
    alerts.values().forEach(each -> pieces.put(each.shown.id(), each.evidence.size()));
    return new Duplicates(hidden, pieces);
  }

  private static void add(
      Row row, String id, Map<String, Alert> alerts, Map<Id, List<Long>> hidden) {
    Alert known = alerts.get(id);
    if (known == null) {
      known = new Alert(row);
      alerts.put(id, known);
    } else {
      Row other = known.add(row);
      hidden.computeIfAbsent(other.evidence(), any -> new ArrayList<>()).add(other.number());
    }
    known.evidence.add(row.evidence());
  }

  private static boolean isOf(String action, String type) {
    return type.endsWith("*")
        ? action.startsWith(type.substring(0, type.length() - 1))
        : action.equals(type);
  }

  /** The numbers of the rows that are not shown. */
  Map<Id, List<Long>> hidden() {
    return hidden;
  }

  /** The same rows, each with how many pieces of evidence have it. */
  List<Row> counted(FileTimes files, List<Row> rows) throws IOException {
    if (this == SHOWN) {
      return rows;
    }
    Map<String, Integer> all = new HashMap<>(files.pieces(rows));
    all.putAll(pieces);
    return rows.stream()
        .map(
            row -> {
              Integer count = all.get(row.id());
              return count == null || count < 2 ? row : row.in(count);
            })
        .toList();
  }
}
