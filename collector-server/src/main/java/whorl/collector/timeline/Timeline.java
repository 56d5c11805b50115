package whorl.collector.timeline;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.index.NotIndexedException;
import whorl.evidence.Id;

/**
 * Queries indexed timelines. Every method throws {@link NotIndexedException} if a piece of evidence
 * has no index yet. Thread-safe.
 */
public interface Timeline {
  /**
   * Returns one page of rows.
   *
   * @throws IllegalArgumentException if the cursor does not belong to this query
   */
  Page page(TimelineQuery query) throws IOException;

  /** Passes on all rows one at a time, ignoring the query's limit; memory stays bounded. */
  default void each(TimelineQuery query, RowConsumer rows) throws IOException {
    each(query, EnumSet.allOf(Column.class), rows);
  }

  /**
   * Passes on all rows with few columns, which is faster.
   *
   * @param columns that rows have in addition to time, number and evidence; others may be absent
   */
  void each(TimelineQuery query, Set<Column> columns, RowConsumer rows) throws IOException;

  /**
   * Passes on the stacks of some rows, in any order; rows without a stack are skipped. The time
   * depends on the size of these stacks, not on the number of rows.
   *
   * @param numbers of the rows
   * @param maxChars the maximum length of each stack, from its innermost frame on
   */
  default void stacks(Id evidence, List<Long> numbers, int maxChars, StackConsumer stacks)
      throws IOException {
    Set<Long> wanted = Set.copyOf(numbers);
    each(
        TimelineQuery.of(evidence).withStacks(true),
        EnumSet.of(Column.STACK_TRACE),
        row -> {
          String frames = row.text(Column.STACK_TRACE);
          if (frames != null && wanted.contains(row.number())) {
            stacks.accept(row.number(), frames.substring(0, Math.min(maxChars, frames.length())));
          }
        });
  }

  /** Writes all rows, with stacks if requested, as one Parquet file. */
  void parquet(TimelineQuery query, OutputStream out) throws IOException;

  /**
   * Counts rows over time, by category.
   *
   * @param buckets the maximum number of buckets, from 1 to 2000
   */
  Histogram histogram(TimelineQuery query, int buckets) throws IOException;

  /** Counts rows by type, most frequent first; of very many types, the rest together at the end. */
  List<TypeCount> types(TimelineQuery query) throws IOException;

  /** Receives rows. */
  @FunctionalInterface
  interface RowConsumer {
    /**
     * @throws IOException to stop reading
     */
    void accept(Row row) throws IOException;
  }

  /** Receives stacks. */
  @FunctionalInterface
  interface StackConsumer {
    /**
     * @param number of the row
     * @param frames innermost first, one per line
     */
    void accept(long number, String frames) throws IOException;
  }

  /**
   * @param next the cursor of the next page; null at the end
   */
  record Page(List<Row> rows, @Nullable String next) {
    public Page {
      rows = List.copyOf(rows);
    }
  }

  /**
   * @param from the start of the first bucket; {@code to} is the end of the last one; both are null
   *     if there are no rows
   * @param bucketNanos the length of each bucket
   */
  record Histogram(
      @Nullable Instant from, @Nullable Instant to, long bucketNanos, List<Series> series) {
    public Histogram {
      series = List.copyOf(series);
    }
  }

  /** The counts of one {@code event.category}, one number per bucket. */
  record Series(String category, List<Long> counts) {
    public Series {
      counts = List.copyOf(counts);
    }
  }

  /** The number of rows of one {@code event.action}. */
  record TypeCount(String type, String category, long count) {
    /** All types that are not counted by their names, because there are very many. */
    public static TypeCount ofOthers(long count) {
      return new TypeCount("*", "other", count);
    }
  }
}
