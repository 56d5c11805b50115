package whorl.collector.receive;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.DataFolder;
import whorl.collector.store.Disk;
import whorl.evidence.Id;

/**
 * All uploads under way, by our id and by evidence, and the folder they lie in. Ids are 128 random
 * bits: who does not have one can't touch the upload. Thread-safe; {@link PendingEvidence}'s
 * monitor guards what belongs to one piece of evidence.
 */
final class UploadRegistry {
  private static final Logger LOG = LoggerFactory.getLogger(UploadRegistry.class);
  private static final int ID_BYTES = 16;

  private final DataFolder folder;
  private final Disk disk;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Upload> uploads = new ConcurrentHashMap<>();
  private final Map<Id, PendingEvidence> pending = new ConcurrentHashMap<>();
  private final AtomicInteger unfinished = new AtomicInteger();
  private final Map<String, Integer> unfinishedBy = new ConcurrentHashMap<>();

  private UploadRegistry(DataFolder folder, Disk disk, InstantSource clock) {
    this.folder = folder;
    this.disk = disk;
    this.clock = clock;
  }

  /** Reads what an earlier run has left; what is of no upload is removed. */
  static UploadRegistry open(
      DataFolder folder, Disk disk, InstantSource clock, ReceiverCounters counters)
      throws IOException {
    disk.createFolders(folder.incoming());
    disk.forceFolder(folder.root());
    UploadRegistry uploadRegistry = new UploadRegistry(folder, disk, clock);
    Map<String, List<Path>> uploads = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder.incoming())) {
      files.forEach(
          file -> uploads.computeIfAbsent(Upload.idOf(file), id -> new ArrayList<>()).add(file));
    }
    for (Map.Entry<String, List<Path>> each : uploads.entrySet()) {
      if (!uploadRegistry.load(each.getKey(), each.getValue())) {
        LOG.warn("incoming/{} is no upload that can be gone on with: removed", each.getKey());
        for (Path file : each.getValue()) {
          disk.delete(file);
        }
        counters.uploadsDropped.increment();
      }
    }
    return uploadRegistry;
  }

  private boolean load(String id, List<Path> files) throws IOException {
    Upload upload = Upload.load(id, folder.incoming(), files, disk);
    if (upload == null) {
      return false;
    }
    PendingEvidence of = ofOrNew(upload.metadata(), upload.createdAt());
    boolean named = !upload.isAside() && of.upload(upload.metadata().artifact()) != null;
    if (!of.accepts(upload.metadata()) || named) {
      return false;
    }
    of.active(upload.touchedAt());
    register(of, upload);
    return true;
  }

  /** The pending evidence that this upload belongs to, a new one where there is none. */
  PendingEvidence ofOrNew(UploadMetadata metadata, Instant now) {
    return pending.computeIfAbsent(metadata.evidence(), id -> new PendingEvidence(metadata, now));
  }

  @Nullable PendingEvidence of(Id evidence) {
    return pending.get(evidence);
  }

  List<PendingEvidence> all() {
    return new ArrayList<>(pending.values());
  }

  @Nullable Upload upload(String id) {
    return uploads.get(id);
  }

  /** Uploads whose bytes are not all here. */
  int unfinished() {
    return unfinished.get();
  }

  /** Of them those that one address has begun since the start. */
  int unfinishedOf(String address) {
    return unfinishedBy.getOrDefault(address, 0);
  }

  /**
   * @param address where it comes from
   */
  Upload create(PendingEvidence of, UploadMetadata metadata, @Nullable Long length, String address)
      throws IOException {
    String id = HexFormat.of().formatHex(randomBytes());
    Upload upload = Upload.create(id, folder.incoming(), disk, metadata, length, clock.instant());
    upload.from(address);
    register(of, upload);
    return upload;
  }

  private void register(PendingEvidence of, Upload upload) {
    uploads.put(upload.id(), upload);
    of.add(upload);
    if (upload.sha256() == null) {
      unfinished.incrementAndGet();
      unfinishedBy.merge(upload.address(), 1, Integer::sum);
    }
  }

  private void finished(Upload upload) {
    unfinished.decrementAndGet();
    unfinishedBy.computeIfPresent(
        upload.address(), (address, count) -> count > 1 ? count - 1 : null);
  }

  /** All bytes of this upload are here. */
  void complete(Upload upload) throws IOException {
    upload.complete();
    finished(upload);
  }

  /** Keeps a whole upload for its evidence, and leaves its name to another one. */
  void setAside(PendingEvidence of, Upload upload) throws IOException {
    of.setAside(upload);
    uploads.remove(upload.id());
  }

  /** Takes one upload away, with its bytes. */
  void remove(PendingEvidence of, Upload upload) throws IOException {
    unregister(of, upload);
    upload.delete();
  }

  /** Takes all uploads of this evidence away, and the evidence itself. */
  void removeAll(PendingEvidence of) throws IOException {
    of.close();
    pending.remove(of.evidence(), of);
    List<Upload> gone = of.uploads();
    gone.forEach(upload -> unregister(of, upload));
    for (Upload upload : gone) {
      upload.delete();
    }
  }

  private void unregister(PendingEvidence of, Upload upload) {
    upload.leave();
    if (uploads.remove(upload.id()) != null && upload.sha256() == null) {
      finished(upload);
    }
    of.remove(upload);
  }

  /**
   * A folder for what the collector makes itself; the caller deletes it, or the next start does.
   */
  Path workbench() throws IOException {
    Path bench = folder.incoming().resolve("bench-" + HexFormat.of().formatHex(randomBytes()));
    disk.createFolders(bench);
    return bench;
  }

  private byte[] randomBytes() {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    return bytes;
  }
}
