package whorl.collector.timeline;

import java.nio.file.Path;

/**
 * What one file of rows holds.
 *
 * @param firstNanos the least {@code @timestamp}
 * @param firstRow the least {@code jvm.row}; the others follow in the order of time
 * @param firstBlock the least {@code jvm.block}
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
