package whorl.collector.timeline.query;

import java.nio.file.Path;

/**
 * The range of rows in one file.
 *
 * @param firstNanos the smallest {@code @timestamp}
 * @param firstRow the smallest {@code jvm.row}; the others follow in time order
 * @param firstBlock the smallest {@code jvm.block}
 */
record FileSpan(
    Path file,
    long firstNanos,
    long lastNanos,
    long firstRow,
    long lastRow,
    int firstBlock,
    int lastBlock) {
  long rows() {
    return lastRow - firstRow + 1;
  }

  boolean holds(long row) {
    return row >= firstRow && row <= lastRow;
  }

  boolean overlaps(long fromNanos, long lastWantedNanos) {
    return firstNanos <= lastWantedNanos && lastNanos >= fromNanos;
  }
}
