package whorl.collector.lake;

import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.SqlNames;
import whorl.evidence.Id;

/**
 * Changes the table. A change names evidence, and all files that it is to have: files that it had
 * before are removed in the same commit. So the same change may be made twice, and by two
 * collectors at once: Iceberg's conflict detection refuses a commit if the evidence got other files
 * meanwhile, and the change is made anew on what is there then.
 */
final class LakeTable {
  private static final Logger LOG = LoggerFactory.getLogger(LakeTable.class);
  private static final int ATTEMPTS_MAX = 10;
  private static final long SECONDS_PER_DAY = 86_400;
  private static final String MIDNIGHT = "T00:00:00+00:00";
  private static final String EVIDENCE = SqlNames.of(Column.EVIDENCE);

  private final Table table;

  LakeTable(Table table) {
    this.table = table;
  }

  /**
   * What evidence is to have in the table.
   *
   * @param days of the seal that its files may have; with them Iceberg finds the files without
   *     reading all of the table's manifests
   * @param files none to remove the evidence
   */
  record Change(Id evidence, List<LocalDate> days, List<DataFile> files) {}

  /**
   * The outcome.
   *
   * @param sequence of the commit, or of the newest one if nothing was to be changed
   * @param removed the locations of the files that are not in the table any more
   */
  record Committed(long sequence, List<String> removed) {}

  /** What must hold for a commit. */
  @FunctionalInterface
  interface Condition {
    /**
     * @throws IOException if it does not hold
     */
    void require() throws IOException;
  }

  Schema schema() {
    return table.schema();
  }

  /** Describes a file to the table, which must be at this location before it is committed. */
  DataFile dataFile(LakeFile file, String location) {
    PartitionData partition = new PartitionData(table.spec().partitionType());
    long day = Math.floorDiv(file.source().sealedAt().getEpochSecond(), SECONDS_PER_DAY);
    partition.set(0, Math.toIntExact(day));
    partition.set(1, file.source().service());
    return DataFiles.builder(table.spec())
        .withPath(location)
        .withFormat(FileFormat.PARQUET)
        .withFileSizeInBytes(file.bytes())
        .withPartition(partition)
        .withMetrics(file.metrics())
        .build();
  }

  /**
   * Makes all changes in one commit.
   *
   * @param stillMine checked after the table's state was read, on which the commit is based. Who
   *     took a change over has made it before that, and this sees it; or makes it later, and then
   *     the commit is refused
   * @throws IOException if they could not be made, or if that is not known; they may be made again
   */
  Committed commit(List<Change> changes, Condition stillMine) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        table.refresh();
        Snapshot base = table.currentSnapshot();
        stillMine.require();
        return commit(changes, base);
      } catch (CommitFailedException | ValidationException conflict) {
        if (attempt == ATTEMPTS_MAX) {
          throw new IOException("the lake's table is changed all the time by others", conflict);
        }
        LOG.debug("the lake's table was changed meanwhile; once more", conflict);
      } catch (RuntimeException e) {
        throw failed(e);
      }
    }
  }

  private Committed commit(List<Change> changes, Snapshot base) throws IOException {
    Expression ofTheseEvidence =
        Expressions.in(EVIDENCE, changes.stream().map(each -> each.evidence().value()).toArray());
    OverwriteFiles overwrite = table.newOverwrite();
    Set<String> keep = new HashSet<>();
    changes.forEach(each -> each.files().forEach(file -> keep.add(file.location())));
    List<String> removed = new ArrayList<>();
    if (base != null) {
      for (DataFile file : files(changes, ofTheseEvidence)) {
        // a file that is to stay is there since an earlier try whose outcome was not known
        if (!keep.remove(file.location())) {
          overwrite.deleteFile(file);
          removed.add(file.location());
        }
      }
      overwrite.validateFromSnapshot(base.snapshotId());
    }
    boolean adds = false;
    for (Change change : changes) {
      for (DataFile file : change.files()) {
        if (keep.contains(file.location())) {
          overwrite.addFile(file);
          adds = true;
        }
      }
    }
    if (!adds && removed.isEmpty()) {
      return new Committed(base == null ? 0 : base.sequenceNumber(), List.of());
    }
    overwrite.conflictDetectionFilter(ofTheseEvidence);
    overwrite.validateNoConflictingData();
    overwrite.validateNoConflictingDeletes();
    overwrite.commit();
    // the newest snapshot may be a later one of another collector: then files stay a bit longer
    return new Committed(table.currentSnapshot().sequenceNumber(), removed);
  }

  /** The files of this evidence that the table has. */
  private List<DataFile> files(List<Change> changes, Expression ofTheseEvidence)
      throws IOException {
    TreeSet<LocalDate> days = new TreeSet<>();
    changes.forEach(each -> days.addAll(each.days()));
    if (days.isEmpty()) {
      return List.of();
    }
    Expression between =
        Expressions.and(
            Expressions.greaterThanOrEqual(SqlNames.SEALED_AT, days.first() + MIDNIGHT),
            Expressions.lessThan(SqlNames.SEALED_AT, days.last().plusDays(1) + MIDNIGHT));
    int evidenceId = table.schema().findField(EVIDENCE).fieldId();
    List<DataFile> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks =
        table
            .newScan()
            .filter(Expressions.and(ofTheseEvidence, between))
            .includeColumnStats(List.of(EVIDENCE))
            .planFiles()) {
      for (FileScanTask task : tasks) {
        requireOneEvidence(task.file(), evidenceId);
        files.add(task.file());
      }
    }
    return files;
  }

  /** True if nothing was ever committed. */
  boolean isNew() {
    return table.currentSnapshot() == null;
  }

  /** Passes on each file of the table with its evidence; reads all of the table's manifests. */
  void each(BiConsumer<Id, String> files) throws IOException {
    try {
      table.refresh();
      int evidenceId = table.schema().findField(EVIDENCE).fieldId();
      try (CloseableIterable<FileScanTask> tasks =
          table.newScan().includeColumnStats(List.of(EVIDENCE)).planFiles()) {
        for (FileScanTask task : tasks) {
          requireOneEvidence(task.file(), evidenceId);
          CharSequence evidence =
              Conversions.fromByteBuffer(
                  Types.StringType.get(), task.file().lowerBounds().get(evidenceId));
          files.accept(new Id(evidence.toString()), task.file().location());
        }
      }
    } catch (RuntimeException e) {
      throw failed(e);
    }
  }

  /** A file with rows of several pieces must not go because one of them goes. */
  private static void requireOneEvidence(DataFile file, int evidenceId) throws IOException {
    Map<Integer, ?> lower = file.lowerBounds();
    Map<Integer, ?> upper = file.upperBounds();
    Object least = lower == null ? null : lower.get(evidenceId);
    if (least == null || upper == null || !least.equals(upper.get(evidenceId))) {
      throw new IOException(
          file.location()
              + " was not written by Whorl and has rows of several pieces of evidence: delete those"
              + " of this one with another program, and let nobody else write to the table");
    }
  }

  /**
   * Ends snapshots that are older, except the newest one, and deletes what only they refer to.
   *
   * @return the sequence number of the oldest snapshot that is left; no reader of the table sees a
   *     file that was removed at or before it
   */
  long expire(Instant before) throws IOException {
    try {
      table.refresh();
      if (table.currentSnapshot() == null) {
        return 0;
      }
      table.expireSnapshots().expireOlderThan(before.toEpochMilli()).retainLast(1).commit();
      table.refresh();
      long oldest = Long.MAX_VALUE;
      for (Snapshot snapshot : table.snapshots()) {
        oldest = Math.min(oldest, snapshot.sequenceNumber());
      }
      return oldest;
    } catch (RuntimeException e) {
      throw failed(e);
    }
  }

  /** Iceberg's exceptions are all unchecked; most are of the object store or of the catalog. */
  static IOException failed(RuntimeException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return new IOException("the lake's table can't be changed now: " + cause.getMessage(), e);
  }
}
