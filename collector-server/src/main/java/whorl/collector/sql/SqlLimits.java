package whorl.collector.sql;

import java.time.Duration;

/**
 * What a query may use.
 *
 * @param rowsMax of the result
 * @param resultMaxBytes of the result
 * @param inputMaxBytes of the timelines' files together
 * @param spillMaxBytes on the disk, of what does not fit into memory
 * @param memoryBytes of DuckDB
 * @param processMaxBytes of the whole process
 */
public record SqlLimits(
    int rowsMax,
    long resultMaxBytes,
    long inputMaxBytes,
    long spillMaxBytes,
    long memoryBytes,
    long processMaxBytes,
    int threads,
    Duration time) {
  /** The most rows of any result. */
  public static final int ROWS_MAX = 1_000_000;

  public static final SqlLimits STANDARD =
      new SqlLimits(
          10_000,
          64L << 20,
          4L << 30,
          2L << 30,
          512L << 20,
          1_536L << 20,
          2,
          Duration.ofSeconds(60));

  /** The same with another number of rows. */
  public SqlLimits rows(int rows) {
    return new SqlLimits(
        Math.min(rows, ROWS_MAX),
        resultMaxBytes,
        inputMaxBytes,
        spillMaxBytes,
        memoryBytes,
        processMaxBytes,
        threads,
        time);
  }

  /** The same with another time. */
  public SqlLimits time(Duration other) {
    return new SqlLimits(
        rowsMax,
        resultMaxBytes,
        inputMaxBytes,
        spillMaxBytes,
        memoryBytes,
        processMaxBytes,
        threads,
        other);
  }
}
