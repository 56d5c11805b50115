package whorl.collector.timeline;

/**
 * The columns' names in SQL of users: without dots, and no word of SQL, so that DuckDB, Spark and
 * Trino need no quotes and one query runs on all of them. {@code file.path} is {@code file_path}.
 */
public final class SqlNames {
  /** {@code event_time} in nanoseconds since 1970, as {@code event_time} has microseconds. */
  public static final String NANOS = "event_nanos";

  /** The id of the capture. */
  public static final String CAPTURE = "capture";

  /** When the collector sealed the evidence. */
  public static final String SEALED_AT = "sealed_at";

  private SqlNames() {}

  /** The name of this column. */
  public static String of(Column column) {
    return switch (column) {
      case TIME -> "event_time";
      case EVIDENCE -> "evidence";
      case SERVICE -> "service";
      case AGENT -> "agent";
      default -> column.columnName().replace('.', '_');
    };
  }
}
