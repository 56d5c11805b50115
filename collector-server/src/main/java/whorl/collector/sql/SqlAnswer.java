package whorl.collector.sql;

/** The outcome of a query. */
public sealed interface SqlAnswer {
  /** It has a result, which the caller closes. */
  record Found(SqlResult result) implements SqlAnswer {}

  /**
   * The query is at fault.
   *
   * @param problem what is wrong, in DuckDB's words or ours
   */
  record Refused(String problem) implements SqlAnswer {}

  /** It took more time or memory than it may. */
  record TooExpensive(String problem) implements SqlAnswer {}

  /** Too many queries run at once. */
  record Busy(String problem) implements SqlAnswer {}
}
