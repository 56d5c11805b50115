package whorl.collector.migrate;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.LogTransfer;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.SignerKey;
import whorl.collector.custody.proof.Stamped;
import whorl.collector.custody.publish.FolderLog;
import whorl.collector.custody.publish.LogPublisher;
import whorl.collector.custody.publish.ObjectLog;
import whorl.collector.custody.publish.Turn;
import whorl.collector.receive.local.UploadFolder;
import whorl.collector.receive.uploads.MovedUpload;
import whorl.collector.receive.uploads.PendingEvidence;
import whorl.collector.receive.uploads.Upload;
import whorl.collector.store.database.Database;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.FolderStore;
import whorl.collector.store.records.EndLedger;
import whorl.collector.store.records.MoveLedger;
import whorl.collector.timeline.index.TimelineTransfer;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** Moves what collectors share, while none of them runs, to a data folder. */
final class ToFolder implements Direction {
  private static final int STAMPS_MAX = 100_000;

  private final SharedEnd shared;
  private final DataFolder folder;
  private final Database database;
  private final Database cases;
  private final SignerKey key;
  private final MoveSettings settings;
  private final FolderStore store;
  private final FolderLog publishing;
  private final ObjectLog published;
  private final TimelineTransfer timelines;
  private final CustodyLog log;
  private final long logSize;
  private @Nullable CustodyLog copiedLog;
  private @Nullable LogPublisher publisher;

  /**
   * @param database of the folder, as {@code cases}
   * @param key signs the log, at both ends
   */
  ToFolder(
      SharedEnd shared,
      DataFolder folder,
      Database database,
      Database cases,
      SignerKey key,
      MoveSettings settings)
      throws IOException {
    this.shared = shared;
    this.folder = folder;
    this.database = database;
    this.cases = cases;
    this.key = key;
    this.settings = settings;
    this.store = FolderStore.open(folder, settings.disk());
    this.publishing = new FolderLog(folder, settings.disk());
    this.published = new ObjectLog(shared.objects(), shared.database(), settings.clock());
    this.timelines = new TimelineTransfer(folder, settings.disk(), shared.timelines());
    this.log = log(shared, settings.clock());
    this.logSize = log.size();
    ToShared.requireKey(published.checkpoint(), key, shared.name());
  }

  /** The log that collectors share. */
  static CustodyLog log(SharedEnd shared, InstantSource clock) throws IOException {
    return CustodyLog.shared(
        shared.database(), clock, CustodyAction.ENROLLED, Long.MAX_VALUE, entry -> {});
  }

  /** The number of uploads that are not complete. */
  static long uploads(SharedEnd shared) throws IOException {
    long uploads = 0;
    for (Id evidence : shared.uploads().pending()) {
      try (PendingEvidence pending = shared.uploads().turn(evidence)) {
        uploads += pending == null ? 0 : pending.size();
      }
    }
    return uploads;
  }

  @Override
  public End from() {
    return shared.end();
  }

  @Override
  public End to() {
    return new End(folder.root().toString(), database, cases, store);
  }

  @Override
  public CustodyLog log() {
    return log;
  }

  /** Asked before the folder's databases were created. */
  @Override
  public void requireEmpty() {}

  @Override
  public void copyLog() throws IOException {
    // what an earlier run that was interrupted wrote after the end of the source's log is undone
    database.update("DELETE FROM custody_end");
    cases.update("DELETE FROM custody_end");
    settings.disk().delete(folder.custody());
    LogTransfer.toFolder(shared.database(), folder, settings.disk());
    String keyFile = String.valueOf(folder.logKey().getFileName());
    settings
        .disk()
        .replace(
            folder.custody(), keyFile, (key.text() + "\n").getBytes(StandardCharsets.US_ASCII));
    SignedCheckpoint last = published.checkpoint();
    if (last != null) {
      publishing.publish(last, 0, false);
    }
    for (long size : published.stampedSizes(STAMPS_MAX)) {
      Stamped stamped = published.stamped(size);
      if (stamped != null) {
        publishing.stamp(stamped);
      }
    }
    openLog();
    CustodyLog copied = copiedLog();
    if (copied.size() != logSize
        || !LogTransfer.root(copied, logSize).equals(LogTransfer.root(log, logSize))) {
      throw new IOException(
          folder.root() + ": the copy of the custody log is not the log of " + shared.name());
    }
    publisher().publish();
  }

  @Override
  public void openLog() throws IOException {
    CustodyLog copied =
        CustodyLog.open(
            folder,
            settings.disk(),
            settings.clock(),
            List.of(new EndLedger(database, "catalog.db"), new EndLedger(cases, "cases.db")),
            entry -> {});
    copiedLog = copied;
    publisher = new LogPublisher(copied, publishing, key, Turn.ALWAYS, settings.clock());
  }

  @Override
  public CustodyLog copiedLog() {
    if (copiedLog == null) {
      throw new IllegalStateException("the custody log was not copied");
    }
    return copiedLog;
  }

  @Override
  public LogPublisher publisher() {
    if (publisher == null) {
      throw new IllegalStateException("the custody log was not copied");
    }
    return publisher;
  }

  @Override
  public Set<Id> dueInCustody() throws IOException {
    return new HashSet<>(shared.store().dueInCustody());
  }

  @Override
  public void keep(Digest sha256) throws IOException {
    settings.disk().createFolders(folder.incoming());
    // several threads may carry evidence with the same content
    Path file = folder.incoming().resolve("move-" + UUID.randomUUID() + Disk.TEMPORARY);
    try (InputStream in = shared.store().read(sha256, 0);
        FileChannel channel = settings.disk().open(file)) {
      settings.disk().truncate(channel, 0);
      OutputStream out = Channels.newOutputStream(channel);
      in.transferTo(out);
      settings.disk().force(channel);
      store.keep(Map.of(sha256, file));
    } finally {
      Files.deleteIfExists(file);
    }
  }

  @Override
  public boolean copyTimeline(Id evidence) throws IOException {
    return timelines.toFolder(evidence);
  }

  @Override
  public long copyUploads() throws IOException {
    UploadFolder to = new UploadFolder(folder, settings.disk());
    to.clear();
    long moved = 0;
    for (Id evidence : shared.uploads().pending()) {
      try (PendingEvidence pending = shared.uploads().turn(evidence)) {
        if (pending != null) {
          moved += copy(pending, to);
        }
      }
    }
    return moved;
  }

  private long copy(PendingEvidence pending, UploadFolder to) throws IOException {
    List<Upload> named = pending.namedUploads();
    long moved = 0;
    for (Upload each : pending.uploads()) {
      Digest content = each.sha256();
      if (content == null && each.offset() > 0) {
        content = pending.freeze(each);
        if (content == null) {
          throw new IOException("upload " + each.id() + " is in use: a collector still runs");
        }
      }
      MovedUpload upload =
          new MovedUpload(
              each.id(),
              each.metadata(),
              settings.clock().instant(),
              each.length(),
              each.length() == Upload.UNKNOWN,
              !named.contains(each),
              each.sha256(),
              each.offset());
      try (InputStream in =
          content == null ? InputStream.nullInputStream() : shared.store().read(content, 0)) {
        to.write(upload, in);
      }
      moved++;
    }
    return moved;
  }

  @Override
  public long uploads() throws IOException {
    return uploads(shared);
  }

  @Override
  public void requireUnchanged() throws IOException {
    if (log.size() != logSize) {
      throw new IOException(
          shared.name()
              + ": the custody log has grown meanwhile: a collector runs; stop it, and run whorl"
              + " migrate again");
    }
  }

  @Override
  public void complete(CustodyLog.Draft entry, String logId) throws IOException {
    copiedLog().append(List.of(entry));
    publisher().publish();
    copiedLog().rememberEnd();
    new MoveLedger(database).set(MoveLedger.State.FILLED, shared.name(), logId);
  }

  @Override
  public void markMoved(String logId) throws IOException {
    new MoveLedger(shared.database()).set(MoveLedger.State.MOVED, folder.root().toString(), logId);
  }

  @Override
  public boolean isMarkedMoved() throws IOException {
    MoveLedger.Move move = new MoveLedger(shared.database()).find();
    return move != null && move.state() == MoveLedger.State.MOVED;
  }

  @Override
  public List<String> notes() {
    return List.of(
        "start the collector with the tokens of the others: whorl serve --data "
            + folder.root()
            + " --tokens FILE; findings are computed at its start");
  }

  @Override
  public void close() throws IOException {
    if (copiedLog != null) {
      copiedLog.close();
    }
  }
}
