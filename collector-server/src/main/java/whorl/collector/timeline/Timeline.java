package whorl.collector.timeline;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/**
 * Timelines that are indexed, to be asked. Every method throws {@link NotIndexedException} when a
 * piece of evidence has no index yet. Safe for use by several threads.
 */
public interface Timeline {
  /**
   * One page of rows.
   *
   * @throws IllegalArgumentException when the cursor is none of this query's
   */
  Page page(TimelineQuery query) throws IOException;

  /** Hands on all rows, whatever the query's limit, one at a time; memory stays bounded. */
  default void each(TimelineQuery query, RowConsumer rows) throws IOException {
    each(query, EnumSet.allOf(Column.class), rows);
  }

  /**
   * The same, for who looks at few columns, which takes as much less.
   *
   * @param columns that rows have beside their time, their number and their evidence; others may be
   *     absent
   */
  void each(TimelineQuery query, Set<Column> columns, RowConsumer rows) throws IOException;

  /**
   * Hands on the stacks of some rows, in any order; rows without a stack are left out. It takes
   * about as long as these stacks are, however many rows there are.
   *
   * @param numbers of the rows
   * @param maxChars how much of each stack, from its innermost frame on
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

  /** Writes all rows, stacks among them where asked for, as one Parquet file. */
  void parquet(TimelineQuery query, OutputStream out) throws IOException;

  /**
   * How many rows there are over time, by category.
   *
   * @param buckets at most this many, 1 to 2000
   */
  Histogram histogram(TimelineQuery query, int buckets) throws IOException;

  /** How many rows there are of each type, the most frequent first. */
  List<TypeCount> types(TimelineQuery query) throws IOException;

  /** Takes rows. */
  @FunctionalInterface
  interface RowConsumer {
    /**
     * @throws IOException to end the reading
     */
    void accept(Row row) throws IOException;
  }

  /** Takes stacks. */
  @FunctionalInterface
  interface StackConsumer {
    /**
     * @param number of the row
     * @param frames the innermost first, one a line
     */
    void accept(long number, String frames) throws IOException;
  }

  /**
   * @param next the cursor of what follows; null at the end
   */
  record Page(List<Row> rows, @Nullable String next) {
    public Page {
      rows = List.copyOf(rows);
    }
  }

  /**
   * @param from where the first bucket begins, and {@code to} where the last one ends; both null
   *     where there is no row
   * @param bucketNanos the length of each
   */
  record Histogram(
      @Nullable Instant from, @Nullable Instant to, long bucketNanos, List<Series> series) {
    public Histogram {
      series = List.copyOf(series);
    }
  }

  /** The counts of one {@code event.category}, a number for each bucket. */
  record Series(String category, List<Long> counts) {
    public Series {
      counts = List.copyOf(counts);
    }
  }

  /** Rows of one {@code event.action}. */
  record TypeCount(String type, String category, long count) {}
}
