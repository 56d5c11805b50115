package whorl.collector.sql;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code plan.json}: what the confined JVM is to do. Its folder has the copies of the timelines'
 * files, named by the number of the piece: {@code 0-rows-00000.parquet}, {@code 0-stacks.parquet}.
 *
 * @param pieces in the order of their numbers
 */
record SqlPlan(
    String sql,
    List<Piece> pieces,
    int rowsMax,
    long resultMaxBytes,
    long spillMaxBytes,
    long memoryBytes,
    long processMaxBytes,
    int threads) {
  static final String FILE = "plan.json";

  /** The result: a line with the columns, a line for each row, a line with the end. */
  static final String RESULT = "result.ndjson";

  /** Why there is no result; for the user. */
  static final String PROBLEM = "problem.txt";

  /**
   * One piece of evidence.
   *
   * @param evidence its row in the table {@code evidence}
   * @param constants the values of all its rows in the table {@code timeline}
   * @param files the names of the files with its rows; empty if there are none
   */
  record Piece(
      Map<String, @Nullable String> evidence, Map<String, String> constants, List<String> files) {}
}
