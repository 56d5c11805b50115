package whorl.collector.migrate;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.LogTransfer;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.SignerKey;
import whorl.collector.custody.proof.Stamped;
import whorl.collector.custody.publish.FolderLog;
import whorl.collector.custody.publish.LogPublisher;
import whorl.collector.custody.publish.ObjectLog;
import whorl.collector.custody.publish.Turn;
import whorl.collector.http.request.ByteSource;
import whorl.collector.receive.local.UploadFolder;
import whorl.collector.receive.uploads.MovedUpload;
import whorl.collector.store.database.Database;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.FolderStore;
import whorl.collector.store.records.MoveLedger;
import whorl.collector.timeline.index.TimelineTransfer;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** Moves a data folder, which nobody uses, to what collectors share. */
final class ToShared implements Direction {
  private static final int STAMPS_MAX = 100_000;

  private final SourceFolder source;
  private final SharedEnd shared;
  private final FolderStore store;
  private final FolderLog published;
  private final ObjectLog publishing;
  private final TimelineTransfer timelines;
  private final UploadFolder uploads;
  private final CustodyLog copiedLog;
  private final LogPublisher publisher;

  /**
   * @param key signs the log, at both ends
   */
  ToShared(SourceFolder source, SharedEnd shared, SignerKey key, MoveSettings settings)
      throws IOException {
    this.source = source;
    this.shared = shared;
    this.store = FolderStore.existing(source.folder());
    this.published = new FolderLog(source.copy(), Disk.LOCAL);
    this.publishing = new ObjectLog(shared.objects(), shared.database(), settings.clock());
    this.timelines = new TimelineTransfer(source.folder(), Disk.LOCAL, shared.timelines());
    this.uploads = new UploadFolder(source.folder(), Disk.LOCAL);
    this.copiedLog = ToFolder.log(shared, settings.clock());
    this.publisher = new LogPublisher(copiedLog, publishing, key, Turn.ALWAYS, settings.clock());
    requireKey(published.checkpoint(), key, source.folder().root().toString());
  }

  /** A log goes on with the key that signed it, or its checkpoints elsewhere prove nothing. */
  static void requireKey(@Nullable SignedCheckpoint last, SignerKey key, String where)
      throws IOException {
    if (last != null && !last.isSignedBy(key.verifier())) {
      throw new IOException(
          "the last checkpoint of custody in "
              + where
              + " is not signed with the key "
              + key.verifier()
              + "; give the key that signed it with --custody-key (custody/log.key of the data"
              + " folder, or the file that serve --custody-key names)");
    }
  }

  @Override
  public End from() {
    return new End(source.folder().root().toString(), source.database(), source.cases(), store);
  }

  @Override
  public End to() {
    return shared.end();
  }

  @Override
  public CustodyLog log() {
    return source.log();
  }

  @Override
  public void requireEmpty() throws IOException {
    List<String> tables = new ArrayList<>(RecordTables.COPIED);
    tables.add("evidence_records");
    tables.add("custody_entries");
    tables.removeAll(RecordTables.NEVER_EMPTY);
    requireEmpty(shared.database(), tables);
    requireEmpty(shared.cases(), RecordTables.COPIED_CASES);
    if (publishing.shown() != null) {
      throw new IOException(
          shared.name()
              + ": the object store has a custody log already, custody/checkpoint; give an empty"
              + " folder or prefix, or the database that belongs to it");
    }
  }

  private void requireEmpty(Database database, List<String> tables) throws IOException {
    for (String table : tables) {
      if (TableCopy.count(database, table) > 0) {
        throw new IOException(
            shared.name()
                + ": the database has records of a collector already, in the table "
                + table
                + "; give an empty database, or another schema (currentSchema)");
      }
    }
  }

  @Override
  public void copyLog() throws IOException {
    long lines = LogTransfer.toDatabase(source.copy(), shared.database());
    if (lines != log().size()
        || !LogTransfer.root(copiedLog, lines).equals(LogTransfer.root(log(), lines))) {
      throw new IOException(
          shared.name()
              + ": the copy of the custody log is not the log of "
              + source.folder().root()
              + "; something else writes to the database");
    }
    for (String doubt : log().doubts()) {
      copiedLog.doubt(doubt);
    }
    for (long size : published.stampedSizes(STAMPS_MAX)) {
      Stamped stamped = published.stamped(size);
      if (stamped != null) {
        publishing.stamp(stamped);
      }
    }
    SignedCheckpoint last = published.checkpoint();
    if (log().contradiction() != null && last != null) {
      // stays as it is, so that the collectors find the contradiction too
      publishing.publish(last, 0, false);
    } else {
      publisher.publish();
    }
  }

  /** It is open already. */
  @Override
  public void openLog() {}

  @Override
  public CustodyLog copiedLog() {
    return copiedLog;
  }

  @Override
  public LogPublisher publisher() {
    return publisher;
  }

  @Override
  public Set<Id> dueInCustody() throws IOException {
    return new HashSet<>(store.dueInCustody());
  }

  @Override
  public void keep(Digest sha256) throws IOException {
    Path file = store.localFile(sha256);
    shared.store().keep(Map.of(sha256, file));
  }

  @Override
  public boolean copyTimeline(Id evidence) throws IOException {
    return timelines.toObjects(evidence);
  }

  @Override
  public long copyUploads() throws IOException {
    // nobody else uses them; their objects are found by the next cleaning
    shared
        .database()
        .inTransaction(
            () -> {
              shared.database().update("DELETE FROM upload_parts");
              shared.database().update("DELETE FROM uploads");
              return shared.database().update("DELETE FROM upload_evidence");
            });
    long moved = 0;
    for (MovedUpload each : uploads.read()) {
      Id evidence = each.metadata().evidence();
      EvidenceRecord record = store.record(evidence);
      try (InputStream content = uploads.content(each)) {
        shared
            .uploads()
            .adopt(each, ByteSource.of(content), record == null ? 0 : record.artifacts().size());
      }
      moved++;
    }
    return moved;
  }

  @Override
  public long uploads() throws IOException {
    return uploads.read().size();
  }

  /** The folder is locked. */
  @Override
  public void requireUnchanged() {}

  @Override
  public void complete(CustodyLog.Draft entry, String logId) throws IOException {
    MoveLedger ledger = new MoveLedger(shared.database());
    shared
        .database()
        .inTransaction(
            () -> {
              copiedLog.append(List.of(entry));
              ledger.set(MoveLedger.State.FILLED, from().name(), logId);
              return true;
            });
  }

  @Override
  public void markMoved(String logId) throws IOException {
    DataFolder folder = source.folder();
    String text =
        "Everything in this folder was moved by whorl migrate to "
            + shared.name()
            + ".\nA collector does not start with it while this file exists. Delete the file only"
            + " if the move is given up,\nand no collector has run there: two collectors that go on"
            + " from the same custody log contradict each other.\n";
    String name = String.valueOf(folder.moved().getFileName());
    Disk.LOCAL.replace(folder.root(), name, text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public boolean isMarkedMoved() {
    return Files.exists(source.folder().moved());
  }

  @Override
  public List<String> notes() {
    return List.of(
        "start each collector with a data folder of its own (--data), the same key (--custody-key)"
            + " and the same tokens (--tokens "
            + source.folder().root().resolve("tokens")
            + "); findings are computed when they are asked for");
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
