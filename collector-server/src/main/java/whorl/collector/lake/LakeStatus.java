package whorl.collector.lake;

import org.jspecify.annotations.Nullable;

/**
 * The state of the lake.
 *
 * @param evidence pieces that are in it, or will be, or are to go
 * @param rows in the table
 * @param bytes of its data files
 * @param waiting pieces that are to be appended, replaced or removed
 * @param failing those of them that failed and are tried again
 * @param removedFiles files that are in the table no more, and are deleted when no query can be
 *     reading them
 * @param problem why one failed; null if none did
 */
public record LakeStatus(
    long evidence,
    long rows,
    long bytes,
    long waiting,
    long failing,
    long removedFiles,
    @Nullable String problem) {}
