package whorl.collector.timeline.query;

import static whorl.collector.timeline.StoredColumns.quoted;

import java.nio.file.Path;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.StoredColumns;
import whorl.collector.timeline.TimelineQuery;

/**
 * A {@link TimelineQuery} as SQL over Parquet files. Input from users and agents is always an
 * argument, never part of the SQL text; column names are those of {@link Column}.
 */
final class Select {
  private static final String ROW = quoted(Column.ROW.columnName());
  private static final String NANOS = quoted(StoredColumns.NANOS);

  /** DuckDB reads the parts of a union in parallel, but distant rows one by one. */
  private static final int PARTS = 4;

  private static final String CATEGORY = "coalesce(r.\"event.category\", 'other') AS category";

  private final TimelineQuery query;
  private final List<ScanPlan> plans;
  private final Conditions conditions;
  private final FirstFileTimes files;

  /**
   * @param plans at least one
   */
  Select(TimelineQuery query, List<ScanPlan> plans) {
    this.query = query;
    this.plans = plans;
    this.conditions = new Conditions(query);
    this.files = new FirstFileTimes(plans);
  }

  /** The arguments of all statements that this object has returned. */
  List<Object> arguments() {
    return conditions.arguments();
  }

  /**
   * The keys of the matching rows, in order: nanoseconds, row number, and the index of the timeline
   * in the list of scan plans.
   *
   * @param after only rows after this one; null for all
   */
  String keys(DuckTimeline.@Nullable Cursor after, int limit) {
    String direction = query.newestFirst() ? " DESC" : "";
    StringJoiner all = new StringJoiner(" UNION ALL ");
    for (int i = 0; i < plans.size(); i++) {
      ScanPlan plan = plans.get(i);
      for (Branch branch : plan.branches()) {
        all.add(
            "(SELECT r."
                + NANOS
                + " AS nanos, r."
                + ROW
                + " AS number, "
                + i
                + " AS place, "
                + conditions.name(evidence(plan))
                + "::VARCHAR"
                + " AS evidence"
                + files.columns(i)
                + " FROM "
                + from(plan)
                + " WHERE "
                + conditions.of(plan, branch)
                + (after == null ? "" : " AND " + afterward(after, plan))
                + (files.areCompared() ? "" : " ORDER BY r." + ROW + direction + " LIMIT " + limit)
                + ")");
      }
    }
    return table()
        + "SELECT nanos, number, place FROM ("
        + files.shown(all.toString())
        + ") ORDER BY nanos"
        + direction
        + ", evidence"
        + direction
        + ", number"
        + direction
        + " LIMIT "
        + limit;
  }

  /**
   * Rows in order, with times as whole nanoseconds.
   *
   * @param numbers of the wanted rows, for each scan plan
   */
  String rows(List<Column> columns, List<List<Long>> numbers) {
    StringJoiner all = new StringJoiner(" UNION ALL ");
    for (int i = 0; i < plans.size(); i++) {
      String wanted = in("r." + ROW, numbers.get(i));
      for (ScanPlan part : plans.get(i).parts(PARTS)) {
        all.add(wide(part, "", wanted));
      }
    }
    return ordered(columns, all.toString());
  }

  /** All matching rows in order, with times as whole nanoseconds. */
  String rows(List<Column> columns) {
    return table() + ordered(columns, union());
  }

  /**
   * Number and frames of the given rows that have a stack; for a query of one timeline.
   *
   * @param maxChars the maximum length of the frames
   */
  String stacks(List<Long> numbers, int maxChars) {
    ScanPlan only = plans.get(0);
    return "SELECT r."
        + ROW
        + ", left(s.frames, "
        + maxChars
        + ") FROM "
        + from(only)
        + " JOIN "
        + parquet(only.timeline(), StoredColumns.STACKS)
        + " s ON r."
        + quoted(StoredColumns.STACK_ID)
        + " = s.id WHERE "
        + in("r." + ROW, numbers);
  }

  private String ordered(List<Column> columns, String rows) {
    return "SELECT "
        + columns.stream().map(Select::expression).collect(Collectors.joining(", "))
        + " FROM ("
        + rows
        + ")"
        + order();
  }

  /** Rows in order, with times both as timestamps for other tools and as nanoseconds. */
  String export(List<Column> columns) {
    StringJoiner names = new StringJoiner(", ");
    for (Column column : columns) {
      names.add(quoted(column.columnName()));
    }
    return table()
        + "SELECT "
        + names
        + ", "
        + NANOS
        + ", "
        + quoted(StoredColumns.AGENT_NANOS)
        + " FROM ("
        + union()
        + ")"
        + order();
  }

  /** The first and the last time. */
  String ends() {
    return table()
        + "SELECT min(nanos), max(nanos) FROM ("
        + narrow("r." + NANOS + " AS nanos")
        + ")";
  }

  /** Category, bucket, count. */
  String histogram(long from, long bucketNanos) {
    return table()
        + "SELECT category, (nanos - "
        + from
        + ") // "
        + bucketNanos
        + " AS bucket, count(*) FROM ("
        + narrow("r." + NANOS + " AS nanos, " + CATEGORY)
        + ") GROUP BY ALL";
  }

  /** Type, category, count. */
  String types() {
    return table()
        + "SELECT action, min(category), count(*) AS n FROM ("
        + narrow("coalesce(r.\"event.action\", '') AS action, " + CATEGORY)
        + ") GROUP BY action ORDER BY n DESC, action";
  }

  private String table() {
    return files.table(
        plan -> plan.branches().stream().map(branch -> conditions.of(plan, branch)).toList());
  }

  private String order() {
    String direction = query.newestFirst() ? " DESC" : "";
    return " ORDER BY "
        + NANOS
        + direction
        + ", "
        + quoted(Column.EVIDENCE.columnName())
        + direction
        + ", "
        + ROW
        + direction;
  }

  private static String expression(Column column) {
    return switch (column) {
      case TIME -> NANOS;
      case AGENT_TIME -> quoted(StoredColumns.AGENT_NANOS);
      default -> quoted(column.columnName());
    };
  }

  /** Matching rows of all timelines with all columns. */
  private String union() {
    return unionOf(this::wide);
  }

  /** Matching rows of all timelines with few columns. */
  private String narrow(String columns) {
    return unionOf(
        (timeline, more, condition) ->
            "SELECT " + columns + more + " FROM " + from(timeline) + " WHERE " + condition);
  }

  private interface Part {
    /**
     * @param more columns, each after a comma
     */
    String select(ScanPlan timeline, String more, String condition);
  }

  private String unionOf(Part part) {
    StringJoiner all = new StringJoiner(" UNION ALL ");
    for (int i = 0; i < plans.size(); i++) {
      ScanPlan timeline = plans.get(i);
      if (timeline.branches().isEmpty()) {
        all.add(part.select(timeline, files.columns(i), "false"));
      }
      for (Branch branch : timeline.branches()) {
        all.add(part.select(timeline, files.columns(i), conditions.of(timeline, branch)));
      }
    }
    return files.shown(all.toString());
  }

  private String wide(ScanPlan timeline, String more, String condition) {
    StringJoiner columns = new StringJoiner(", ");
    columns.add("\"@timestamp\"").add("\"jvm.time\"").add("r." + ROW).add("r." + NANOS);
    columns.add(quoted(StoredColumns.AGENT_NANOS));
    for (Column column : StoredColumns.plain()) {
      columns.add(
          (RequestValues.isOf(column)
                  ? RequestValues.filled(timeline.value(column), column)
                  : timeline.value(column))
              + " AS "
              + quoted(column.columnName()));
    }
    columns.add(
        query.withStacks()
            ? "s.frames AS \"jvm.stack_trace\""
            : "NULL::VARCHAR AS \"jvm.stack_trace\"");
    for (Column column : StoredColumns.CONSTANT) {
      String value = timeline.timeline().constants().get(column);
      columns.add(
          (value == null ? "NULL::VARCHAR" : conditions.name(value) + "::VARCHAR")
              + " AS "
              + quoted(column.columnName()));
    }
    return "SELECT "
        + columns
        + more
        + " FROM "
        + from(timeline)
        + " LEFT JOIN "
        + parquet(timeline.timeline(), StoredColumns.REQUESTS)
        + " q ON "
        + timeline.value(Column.REQUEST_ID)
        + " = q.id"
        + (query.withStacks()
            ? " LEFT JOIN "
                + parquet(timeline.timeline(), StoredColumns.STACKS)
                + " s ON r."
                + quoted(StoredColumns.STACK_ID)
                + " = s.id"
            : "")
        + " WHERE "
        + condition;
  }

  /** Compares row numbers within one timeline: its rows are numbered in time order. */
  private String afterward(DuckTimeline.Cursor cursor, ScanPlan timeline) {
    String sign = query.newestFirst() ? "<" : ">";
    int order = evidence(timeline).compareTo(String.valueOf(cursor.evidence()));
    if (order == 0) {
      return "r." + ROW + " " + sign + " " + cursor.row();
    }
    boolean laterAtOneTime = query.newestFirst() ? order < 0 : order > 0;
    return "r." + NANOS + " " + sign + (laterAtOneTime ? "= " : " ") + cursor.nanos();
  }

  private static String evidence(ScanPlan timeline) {
    return String.valueOf(timeline.timeline().constants().get(Column.EVIDENCE));
  }

  private static String from(ScanPlan timeline) {
    return Duck.parquet(timeline.files()) + " r";
  }

  static String parquet(DuckTimeline.Rows timeline, String name) {
    return Duck.parquet(List.<Path>of(timeline.folder().resolve(name)));
  }

  /** SQL that is true if the column has one of these values. */
  static String in(String column, List<? extends Number> numbers) {
    return numbers.isEmpty()
        ? "false"
        : numbers.stream()
            .map(String::valueOf)
            .collect(Collectors.joining(", ", column + " IN (", ")"));
  }
}
