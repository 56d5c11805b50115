package whorl.collector.lake;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.ObjectLockedException;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.index.NotIndexedException;
import whorl.evidence.Text;

/**
 * Does the jobs of the ledger, many in one commit. A crash may come after any of its steps:
 *
 * <ol>
 *   <li>claim jobs in the ledger
 *   <li>write the rows of each as Parquet on this machine
 *   <li>record in the ledger where they will be in the object store, and put them there
 *   <li>commit: the table has the new files, and no longer the old ones
 *   <li>complete the jobs, and record all other files of this evidence as removed
 * </ol>
 *
 * A job whose claim ends is done again from the start, with new files; what the earlier try left,
 * in the table or only in the store, is removed with that.
 */
final class LakeWork {
  private static final Logger LOG = LoggerFactory.getLogger(LakeWork.class);

  static final int BATCH_MAX = 50;
  private static final Duration CLAIM = Duration.ofMinutes(15);
  private static final Duration PAUSE = Duration.ofSeconds(10);
  private static final Duration PAUSE_MAX = Duration.ofHours(1);
  private static final int DOUBLED_MAX = 9;
  private static final int PROBLEM_MAX_CHARS = 500;
  private static final int DELETE_MAX = 1_000;

  private final LakeLedger ledger;
  private final EvidenceStore store;
  private final ObjectStore objects;
  private final ObjectFileIO io;
  private final LakeFiles files;
  private final InstantSource clock;

  /** The removed files that {@link #clean} found locked the last time. */
  private int lastLocked;

  LakeWork(
      LakeLedger ledger,
      EvidenceStore store,
      ObjectStore objects,
      ObjectFileIO io,
      Timeline timeline,
      Path folder,
      InstantSource clock) {
    this.ledger = ledger;
    this.store = store;
    this.objects = objects;
    this.io = io;
    this.files = new LakeFiles(timeline, folder);
    this.clock = clock;
  }

  /** A job whose files are in the object store. */
  private record Prepared(LakeLedger.Outcome outcome, LakeTable.Change change) {}

  /**
   * Does the jobs that are due, up to {@link #BATCH_MAX}.
   *
   * @return how many were claimed
   */
  int batch(LakeTable table) throws IOException {
    List<LakeLedger.Job> jobs = ledger.claim(BATCH_MAX, CLAIM);
    List<Prepared> prepared = new ArrayList<>();
    for (LakeLedger.Job job : jobs) {
      try {
        ledger.renew(CLAIM);
        Prepared each = prepare(job, table);
        if (each != null) {
          prepared.add(each);
        }
      } catch (IOException | RuntimeException e) {
        failed(job, e);
      }
    }
    if (!prepared.isEmpty()) {
      commit(table, prepared);
    }
    return jobs.size();
  }

  private void commit(LakeTable table, List<Prepared> prepared) throws IOException {
    List<LakeLedger.Job> jobs = prepared.stream().map(each -> each.outcome().job()).toList();
    try {
      LakeTable.Committed committed =
          table.commit(
              prepared.stream().map(Prepared::change).toList(), () -> ledger.requireHeld(jobs));
      Set<String> removed = new LinkedHashSet<>(committed.removed());
      for (Prepared each : prepared) {
        removed.addAll(each.outcome().job().files());
        each.outcome().files().forEach(removed::remove);
      }
      ledger.done(prepared.stream().map(Prepared::outcome).toList(), removed, committed.sequence());
    } catch (IOException | RuntimeException e) {
      for (LakeLedger.Job job : jobs) {
        failed(job, e);
      }
    }
  }

  /** Puts the files of a job into the store; null if it has to wait. */
  private @Nullable Prepared prepare(LakeLedger.Job job, LakeTable table) throws IOException {
    EvidenceRecord record = job.wanted() ? store.record(job.evidence()) : null;
    if (record == null) {
      // purged, or about to be: the ledger learns that from the purge
      return new Prepared(
          new LakeLedger.Outcome(job, List.of(), 0, 0),
          new LakeTable.Change(job.evidence(), LakePaths.days(job.files()), List.of()));
    }
    LakeSource source = LakeSource.of(record);
    List<LakeFile> written;
    try {
      written = files.write(source, table.schema());
    } catch (NotIndexedException e) {
      if (e.status().state() != IndexStatus.State.FAILED) {
        ledger.later(job, null, PAUSE.multipliedBy(6));
        return null;
      }
      written = List.of();
    }
    try {
      return put(job, source, written, table);
    } finally {
      LakeFiles.delete(written);
    }
  }

  private Prepared put(
      LakeLedger.Job job, LakeSource source, List<LakeFile> written, LakeTable table)
      throws IOException {
    List<String> locations = new ArrayList<>();
    String attempt = UUID.randomUUID().toString().substring(0, 8);
    for (int i = 0; i < written.size(); i++) {
      locations.add(io.location(LakePaths.key(source, attempt, i)));
    }
    List<String> all = new ArrayList<>(job.files());
    all.addAll(locations);
    ledger.writing(job, all);
    List<DataFile> dataFiles = new ArrayList<>();
    long rows = 0;
    long bytes = 0;
    for (int i = 0; i < written.size(); i++) {
      LakeFile file = written.get(i);
      objects.put(io.key(locations.get(i)), file.file());
      dataFiles.add(table.dataFile(file, locations.get(i)));
      rows += file.metrics().recordCount();
      bytes += file.bytes();
    }
    return new Prepared(
        new LakeLedger.Outcome(job, locations, rows, bytes),
        new LakeTable.Change(job.evidence(), LakePaths.days(all), dataFiles));
  }

  private void failed(LakeLedger.Job job, Exception e) throws IOException {
    Duration pause = PAUSE.multipliedBy(1L << Math.min(job.attempts(), DOUBLED_MAX));
    LOG.warn(
        "evidence {}: {} lake failed, and is tried again",
        job.evidence(),
        job.wanted() ? "adding it to the" : "removing it from the",
        e);
    ledger.later(job, problem(e), pause.compareTo(PAUSE_MAX) < 0 ? pause : PAUSE_MAX);
  }

  private static String problem(Exception e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return Text.atMost(message, PROBLEM_MAX_CHARS);
  }

  /**
   * Ends old snapshots, and deletes the files that no snapshot has any more. A file that the bucket
   * has locked stays for a later call.
   *
   * @param kept how long snapshots stay
   */
  void clean(LakeTable table, Duration kept) throws IOException {
    long oldest = table.expire(clock.instant().minus(kept));
    int locked;
    int deleted;
    do {
      locked = 0;
      deleted = 0;
      for (String location : ledger.removed(oldest, DELETE_MAX)) {
        try {
          objects.delete(io.key(location));
        } catch (ObjectLockedException e) {
          locked++;
          LOG.debug("{} is deleted later", location, e);
          continue;
        }
        ledger.deleted(location);
        deleted++;
      }
    } while (deleted > 0);
    if (locked > 0 && locked != lastLocked) {
      LOG.warn("{} files of the lake are locked in the bucket, and are deleted later", locked);
    }
    lastLocked = locked;
  }
}
