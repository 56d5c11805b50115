package whorl.collector.timeline.query;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Rows that say what other rows say. An alert is in the recording as {@code whorl.Alert}, in {@code
 * alert.json} as {@code alert.raised}, and in other evidence of the same JVM; the first {@code
 * alert.raised} is shown, which has level, rule, request and stack, else the first {@code
 * whorl.Alert}. Of {@link FileTimes} the first is shown. Rows that a query names are always shown.
 *
 * <p>An intruder who knows an alert's id can use it in evidence of another agent, or later in that
 * of the same one. So rows of one alert must also agree in agent, rule, level and title, two {@code
 * alert.raised} in all that they say, and others of different evidence in their time.
 */
final class Duplicates {
  /** All rows are shown. */
  static final Duplicates SHOWN = new Duplicates(Map.of(), Map.of());

  private static final String EVENT = "whorl.Alert";
  private static final String RAISED = "alert.raised";

  /** If there are more alerts, none is left out as a duplicate. */
  private static final int ALERTS_MAX = 10_000;

  /** An event comes soon after its alert was raised, and the clocks of evidence may differ. */
  private static final long NEAR_NANOS = Duration.ofMinutes(1).toNanos();

  private static final Set<Column> COLUMNS =
      EnumSet.of(Column.ACTION, Column.FIELDS, Column.AGENT, Column.RULE_ID, Column.RULE_NAME);

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

  /**
   * A row of an alert, without its texts, which may be of a mebibyte each.
   *
   * @param content all that an {@code alert.raised} says; null for a {@code whorl.Alert}
   */
  private record AlertRow(Id evidence, long number, long nanos, @Nullable Digest content) {
    static AlertRow of(Row row) {
      String fields = row.action().equals(RAISED) ? row.text(Column.FIELDS) : null;
      Long nanos = row.number(Column.TIME);
      return new AlertRow(
          row.evidence(),
          row.number(),
          nanos == null ? 0 : nanos,
          fields == null ? null : digest(fields));
    }

    boolean isNear(AlertRow other) {
      return evidence.equals(other.evidence)
          || Math.abs((double) nanos - other.nanos) <= NEAR_NANOS;
    }

    String id() {
      return evidence + ":" + number;
    }
  }

  /** The rows of one alert. */
  private static final class Alert {
    private final Set<Id> evidence = new HashSet<>();
    private AlertRow shown;

    Alert(AlertRow first) {
      this.shown = first;
    }

    /** False if the row says something else than the one that is shown. */
    boolean includes(AlertRow other) {
      return other.content() == null || shown.content() == null
          ? shown.isNear(other)
          : other.content().equals(shown.content());
    }

    /** Returns the row that is not shown. */
    AlertRow add(AlertRow other) {
      if (other.content() != null && shown.content() == null) {
        AlertRow before = shown;
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
    Map<Digest, Alert> alerts = new LinkedHashMap<>();
    Map<Id, List<Long>> hidden = new HashMap<>();
    if (!types.isEmpty()) {
      int[] read = {0};
      reading.each(
          query
              .once(false)
              .between(null, null)
              .newestFirst(false)
              .types(types.toArray(String[]::new)),
          COLUMNS,
          row -> {
            if (read[0]++ < ALERTS_MAX) {
              Digest alert = alert(row);
              if (alert != null) {
                add(AlertRow.of(row), alert, alerts, hidden);
              }
            }
          });
    }
    Map<String, Integer> pieces = new HashMap<>();
    alerts.values().forEach(each -> pieces.put(each.shown.id(), each.evidence.size()));
    return new Duplicates(hidden, pieces);
  }

  /** What the rows of one alert have in common; null if the row names none. */
  private static @Nullable Digest alert(Row row) {
    Map<String, Object> fields = row.fields();
    return fields.get("id") instanceof String id
        ? digest(
            Json.text(
                new @Nullable Object[] {
                  row.text(Column.AGENT),
                  id,
                  row.text(Column.RULE_ID),
                  row.text(Column.RULE_NAME),
                  fields.get("level")
                }))
        : null;
  }

  private static Digest digest(String text) {
    return Digest.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void add(
      AlertRow row, Digest alert, Map<Digest, Alert> alerts, Map<Id, List<Long>> hidden) {
    Alert known = alerts.get(alert);
    if (known == null) {
      known = new Alert(row);
      alerts.put(alert, known);
    } else if (known.includes(row)) {
      AlertRow other = known.add(row);
      hidden.computeIfAbsent(other.evidence(), any -> new ArrayList<>()).add(other.number());
    } else {
      return; // it is shown as well
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
