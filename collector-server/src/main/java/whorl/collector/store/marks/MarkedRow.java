package whorl.collector.store.marks;

import java.time.Instant;

/**
 * A row as it was when somebody marked it.
 *
 * @param identity a digest of what its source says of it, which no new index changes
 * @param ordinal which of the rows with this identity, from 0
 * @param number its {@code jvm.row} in the newest index that it was looked for in
 * @param sourceNanos its time by the clock of its source
 * @param time its {@code @timestamp}
 * @param message the beginning of it
 */
public record MarkedRow(
    String identity,
    int ordinal,
    long number,
    long sourceNanos,
    Instant time,
    String type,
    String message) {}
