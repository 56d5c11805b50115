package whorl.collector.timeline;

import static whorl.collector.timeline.StoredColumns.quoted;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A {@link TimelineQuery} as SQL over Parquet files. Whatever a user gives is an argument, never a
 * part of the text; names are those of {@link Column}.
 */
final class Select {
  private static final String ROW = quoted(Column.ROW.columnName());

  /** Stands in a condition for the stacks of the file that is asked. */
  private static final String STACKS = "{stacks}";

  private static final int WORDS_MAX = 20;
  private static final String NANOS = quoted(StoredColumns.NANOS);

  /** Columns that a row may have from its request's other rows. */
  private static final Map<Column, String> OF_REQUEST =
      new EnumMap<>(
          Map.of(
              Column.REQUEST_METHOD,
              "method",
              Column.URL_PATH,
              "path",
              Column.SOURCE_IP,
              "address"));

  private final TimelineQuery query;
  private final List<DuckTimeline.Rows> files;
  private final List<Object> arguments = new ArrayList<>();
  private final String condition;
  private DuckTimeline.@Nullable Cursor after;

  Select(TimelineQuery query, List<DuckTimeline.Rows> files) {
    this.query = query;
    this.files = files;
    this.condition = condition();
  }

  /** What follows a row in the query's order. */
  Select after(DuckTimeline.@Nullable Cursor cursor) {
    this.after = cursor;
    return this;
  }

  /** Of the statements below, each of which has the same. */
  List<Object> arguments() {
    List<Object> all = new ArrayList<>();
    for (DuckTimeline.Rows ignored : files) {
      all.addAll(arguments);
    }
    return all;
  }

  /**
   * Rows in order, their times as whole nanoseconds.
   *
   * @param limit null for all
   */
  String rows(List<Column> columns, @Nullable Integer limit) {
    return "SELECT "
        + columns.stream().map(Select::told).collect(Collectors.joining(", "))
        + " FROM ("
        + union(limit)
        + ")"
        + order()
        + (limit == null ? "" : " LIMIT " + limit);
  }

  /** Rows in order, their times as other tools know them, and as nanoseconds beside. */
  String export(List<Column> columns) {
    StringJoiner told = new StringJoiner(", ");
    for (Column column : columns) {
      told.add(quoted(column.columnName()));
    }
    return "SELECT "
        + told
        + ", "
        + NANOS
        + ", "
        + quoted(StoredColumns.AGENT_NANOS)
        + " FROM ("
        + union(null)
        + ")"
        + order();
  }

  /** The first and the last time. */
  String ends() {
    return "SELECT min(nanos), max(nanos) FROM (" + narrow(NANOS + " AS nanos") + ")";
  }

  /** Category, bucket, count. */
  String histogram(long from, long bucketNanos) {
    return "SELECT category, (nanos - "
        + from
        + ") // "
        + bucketNanos
        + " AS bucket, count(*) FROM ("
        + narrow(NANOS + " AS nanos, coalesce(\"event.category\", 'other') AS category")
        + ") GROUP BY ALL";
  }

  /** Type, category, count. */
  String types() {
    return "SELECT action, min(category), count(*) AS n FROM ("
        + narrow(
            "coalesce(\"event.action\", '') AS action,"
                + " coalesce(\"event.category\", 'other') AS category")
        + ") GROUP BY action ORDER BY n DESC, action";
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

  private static String told(Column column) {
    return switch (column) {
      case TIME -> NANOS;
      case AGENT_TIME -> quoted(StoredColumns.AGENT_NANOS);
      default -> quoted(column.columnName());
    };
  }

  /** Matching rows of all files with all columns. */
  private String union(@Nullable Integer limit) {
    StringJoiner all = new StringJoiner(" UNION ALL ");
    for (DuckTimeline.Rows each : files) {
      all.add("SELECT * FROM (" + wide(each, limit) + ")");
    }
    return all.toString();
  }

  /** Matching rows of all files with few columns. */
  private String narrow(String columns) {
    StringJoiner all = new StringJoiner(" UNION ALL ");
    for (DuckTimeline.Rows each : files) {
      all.add(
          "SELECT "
              + columns
              + " FROM "
              + from(each, needsRequests())
              + " WHERE "
              + condition(each));
    }
    return all.toString();
  }

  /**
   * First which rows, by the columns that are asked about alone, then these rows whole: the wide
   * columns of the others are never read.
   */
  private String wide(DuckTimeline.Rows file, @Nullable Integer limit) {
    StringJoiner columns = new StringJoiner(", ");
    columns.add("\"@timestamp\"").add("\"jvm.time\"").add("r." + ROW).add("r." + NANOS);
    columns.add(quoted(StoredColumns.AGENT_NANOS));
    for (Column column : StoredColumns.plain()) {
      columns.add(
          OF_REQUEST.containsKey(column)
              ? filled(column) + " AS " + quoted(column.columnName())
              : "r." + quoted(column.columnName()));
    }
    columns.add(
        query.withStacks()
            ? "s.frames AS \"jvm.stack_trace\""
            : "NULL::VARCHAR AS \"jvm.stack_trace\"");
    for (Column column : StoredColumns.CONSTANT) {
      String value = file.constants().get(column);
      columns.add(
          (value == null ? "NULL::VARCHAR" : literal(value))
              + " AS "
              + quoted(column.columnName()));
    }
    String wanted =
        "SELECT r."
            + ROW
            + " FROM "
            + from(file, needsRequests())
            + " WHERE "
            + condition(file)
            + afterward(file);
    String some =
        limit == null
            ? ""
            : " AND r."
                + ROW
                + " IN ("
                + wanted
                + " ORDER BY r."
                + ROW
                + (query.newestFirst() ? " DESC" : "")
                + " LIMIT "
                + limit
                + ")";
    return "SELECT "
        + columns
        + " FROM "
        + from(file, true)
        + (query.withStacks()
            ? " LEFT JOIN "
                + parquet(file, StoredColumns.STACKS)
                + " s ON r."
                + quoted(StoredColumns.STACK_ID)
                + " = s.id"
            : "")
        + " WHERE "
        + (limit == null ? condition(file) : "true" + some);
  }

  private String condition(DuckTimeline.Rows file) {
    return condition.replace(STACKS, parquet(file, StoredColumns.STACKS));
  }

  private static String parquet(DuckTimeline.Rows file, String name) {
    return "read_parquet(" + Duck.text(file.folder().resolve(name)) + ")";
  }

  private String afterward(DuckTimeline.Rows file) {
    DuckTimeline.Cursor cursor = after;
    if (cursor == null) {
      return "";
    }
    // ids, checked: safe in the text
    String evidence = file.constants().get(Column.EVIDENCE);
    String sign = query.newestFirst() ? "<" : ">";
    return " AND (r."
        + NANOS
        + ", "
        + literal(String.valueOf(evidence))
        + ", r."
        + ROW
        + ") "
        + sign
        + " ("
        + cursor.nanos()
        + ", "
        + literal(String.valueOf(cursor.evidence()))
        + ", "
        + cursor.row()
        + ")";
  }

  private static String from(DuckTimeline.Rows file, boolean requests) {
    return Duck.parquet(file.files())
        + " r"
        + (requests
            ? " LEFT JOIN "
                + parquet(file, StoredColumns.REQUESTS)
                + " q ON r.\"http.request.id\" = q.id"
            : "");
  }

  private boolean needsRequests() {
    return query.where().stream().anyMatch(where -> OF_REQUEST.containsKey(where.column()));
  }

  private static String filled(Column column) {
    return "coalesce(r." + quoted(column.columnName()) + ", q." + OF_REQUEST.get(column) + ")";
  }

  private String condition() {
    StringJoiner all = new StringJoiner(" AND ");
    all.add("true");
    if (query.from() != null) {
      all.add("r." + NANOS + " >= " + nanos(query.from()));
    }
    if (query.to() != null) {
      all.add("r." + NANOS + " < " + nanos(query.to()));
    }
    types(all);
    for (Where where : query.where()) {
      all.add(condition(where));
    }
    String text = query.text();
    if (text != null) {
      for (String word : text.strip().split("\\s+", WORDS_MAX)) {
        if (!word.isEmpty()) {
          all.add(contains(word));
        }
      }
    }
    return all.toString();
  }

  private void types(StringJoiner all) {
    if (query.types().isEmpty()) {
      return;
    }
    StringJoiner any = new StringJoiner(" OR ", "(", ")");
    for (String type : query.types()) {
      if (type.endsWith("*")) {
        any.add("starts_with(r.\"event.action\", ?)");
        arguments.add(type.substring(0, type.length() - 1));
      } else {
        any.add("r.\"event.action\" = ?");
        arguments.add(type);
      }
    }
    all.add(any.toString());
  }

  private String condition(Where where) {
    Column column = where.column();
    if (column == Column.STACK_TRACE) {
      throw new IllegalArgumentException("jvm.stack_trace is searched with q");
    }
    String value = value(column);
    if (column.kind() == Column.Kind.NUMBER) {
      arguments.add(Long.parseLong(where.value()));
    } else {
      arguments.add(where.value());
    }
    return switch (where.op()) {
      case EQ -> value + " = ?";
      case NE -> value + " IS DISTINCT FROM ?";
      case LT -> value + " < ?";
      case GT -> value + " > ?";
      case CONTAINS -> "contains(lower(" + value + "), lower(?))";
      case PREFIX -> "starts_with(lower(" + value + "), lower(?))";
    };
  }

  private static String value(Column column) {
    if (OF_REQUEST.containsKey(column)) {
      return filled(column);
    }
    if (StoredColumns.CONSTANT.contains(column)) {
      throw new IllegalArgumentException(
          column.columnName() + " is the same in all rows: choose the evidence instead");
    }
    return "r." + quoted(column.columnName());
  }

  private String contains(String word) {
    arguments.add(word);
    arguments.add(word);
    arguments.add(word);
    return "(contains(lower(r.message), lower(?)) OR contains(lower(r.\"jvm.fields\"), lower(?))"
        + " OR r.\"jvm.stack\" IN (SELECT id FROM "
        + STACKS
        + " WHERE contains(lower(frames), lower(?))))";
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private static long nanos(Instant time) {
    try {
      return Math.addExact(
          Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
    } catch (ArithmeticException far) {
      return time.getEpochSecond() < 0 ? Long.MIN_VALUE + 1 : Long.MAX_VALUE;
    }
  }
}
