package whorl.collector.timeline.write;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits a table of rows into parts that can each be sorted in memory, regardless of the length of
 * texts. The parts are in time order, have no gaps and do not overlap.
 */
final class TimeSlices {
  private static final int DEPTH_MAX = 64;
  private static final long SPLIT_LEAST_ROWS = 2_048;

  private final Statement sql;
  private final String table;
  private final long sliceMaxBytes;
  private final List<Slice> slices = new ArrayList<>();

  private TimeSlices(Statement sql, String table, long sliceMaxBytes) {
    this.sql = sql;
    this.table = table;
    this.sliceMaxBytes = sliceMaxBytes;
  }

  /**
   * @param condition in SQL, on {@code corrected} and {@code ordinal}
   */
  record Slice(String condition, long rows) {}

  /**
   * @param table with columns {@code corrected}, {@code ordinal} and {@code bytes}
   */
  static List<Slice> of(Statement sql, String table, long sliceMaxBytes) throws SQLException {
    TimeSlices slices = new TimeSlices(sql, table, sliceMaxBytes);
    slices.split("true", 0);
    return slices.slices;
  }

  private record Measure(long rows, long bytes, long first, long last, long median) {
    boolean divisible() {
      return first < last;
    }

    /** The last value of the first half, so that both halves have rows. */
    long middle() {
      return Math.max(first, Math.min(median, last - 1));
    }
  }

  private void split(String condition, int depth) throws SQLException {
    Measure time = measure("corrected", condition);
    boolean small = time.bytes() <= sliceMaxBytes || time.rows() <= SPLIT_LEAST_ROWS;
    if (small || depth >= DEPTH_MAX) {
      slices.add(new Slice(condition, time.rows()));
    } else if (time.divisible()) {
      halves("corrected", time, condition, depth);
    } else {
      halves("ordinal", measure("ordinal", condition), condition, depth);
    }
  }

  private void halves(String by, Measure measure, String condition, int depth) throws SQLException {
    String also = condition.equals("true") ? "" : condition + " AND ";
    split(also + by + " <= " + measure.middle(), depth + 1);
    split(also + by + " > " + measure.middle(), depth + 1);
  }

  private Measure measure(String by, String condition) throws SQLException {
    try (ResultSet result =
        sql.executeQuery(
            "SELECT count(*), coalesce(sum(bytes), 0)::BIGINT, coalesce(min(%1$s), 0),"
                    .formatted(by)
                + " coalesce(max(%1$s), 0), coalesce(approx_quantile(%1$s, 0.5), 0)::BIGINT"
                    .formatted(by)
                + " FROM "
                + table
                + " WHERE "
                + condition)) {
      result.next();
      return new Measure(
          result.getLong(1),
          result.getLong(2),
          result.getLong(3),
          result.getLong(4),
          result.getLong(5));
    }
  }
}
