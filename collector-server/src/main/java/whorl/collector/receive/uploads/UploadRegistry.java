package whorl.collector.receive.uploads;

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
import whorl.collector.receive.ReceiverCounters;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.evidence.Id;

/**
 * All uploads under way, by id and by evidence, and their folder. Ids are 128 random bits: a client
 * without the id cannot touch the upload. Thread-safe; {@link PendingEvidence}'s monitor guards the
 * uploads of one piece of evidence.
 */
public final class UploadRegistry {
  private static final Logger LOG = LoggerFactory.getLogger(UploadRegistry.class);
  private static final int ID_BYTES = 16;

  private final DataFolder folder;
  private final Disk disk;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Upload> uploads = new ConcurrentHashMap<>();
  private final Map<Id, PendingEvidence> pendingByEvidence = new ConcurrentHashMap<>();
  private final AtomicInteger unfinished = new AtomicInteger();
  private final Map<String, Integer> unfinishedBy = new ConcurrentHashMap<>();

  private UploadRegistry(DataFolder folder, Disk disk, InstantSource clock) {
    this.folder = folder;
    this.disk = disk;
    this.clock = clock;
  }

  /** Loads the uploads of an earlier run, and removes files that belong to no upload. */
  public static UploadRegistry open(
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
        LOG.warn("incoming/{} is not an upload that can be resumed: removed", each.getKey());
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
    PendingEvidence pending = findOrCreate(upload.metadata(), upload.createdAt());
    boolean nameTaken = !upload.isAside() && pending.upload(upload.metadata().artifact()) != null;
    if (!pending.accepts(upload.metadata()) || nameTaken) {
      return false;
    }
    pending.touch(upload.touchedAt());
    register(pending, upload);
    return true;
  }

  /** The pending evidence of this upload; created if it does not exist. */
  public PendingEvidence findOrCreate(UploadMetadata metadata, Instant now) {
    return pendingByEvidence.computeIfAbsent(
        metadata.evidence(), id -> new PendingEvidence(metadata, now));
  }

  public @Nullable PendingEvidence find(Id evidence) {
    return pendingByEvidence.get(evidence);
  }

  public List<PendingEvidence> allPending() {
    return new ArrayList<>(pendingByEvidence.values());
  }

  public @Nullable Upload upload(String id) {
    return uploads.get(id);
  }

  /** The number of uploads whose bytes are not all here. */
  public int unfinished() {
    return unfinished.get();
  }

  /** The number of unfinished uploads that one address created since the start. */
  public int unfinishedFrom(String address) {
    return unfinishedBy.getOrDefault(address, 0);
  }

  /**
   * @param address the network that the upload comes from
   */
  public Upload create(
      PendingEvidence pending, UploadMetadata metadata, @Nullable Long length, String address)
      throws IOException {
    String id = HexFormat.of().formatHex(randomBytes());
    Upload upload = Upload.create(id, folder.incoming(), disk, metadata, length, clock.instant());
    upload.setAddress(address);
    register(pending, upload);
    return upload;
  }

  private void register(PendingEvidence pending, Upload upload) {
    uploads.put(upload.id(), upload);
    pending.add(upload);
    if (upload.sha256() == null) {
      unfinished.incrementAndGet();
      unfinishedBy.merge(upload.address(), 1, Integer::sum);
    }
  }

  private void countFinished(Upload upload) {
    unfinished.decrementAndGet();
    unfinishedBy.computeIfPresent(
        upload.address(), (address, count) -> count > 1 ? count - 1 : null);
  }

  /** Completes an upload whose bytes are all here. */
  public void complete(Upload upload) throws IOException {
    upload.complete();
    countFinished(upload);
  }

  /** Keeps a complete upload for its evidence, and frees its name for another one. */
  public void setAside(PendingEvidence pending, Upload upload) throws IOException {
    pending.setAside(upload);
    uploads.remove(upload.id());
  }

  /** Removes one upload and its bytes. */
  public void remove(PendingEvidence pending, Upload upload) throws IOException {
    unregister(pending, upload);
    upload.delete();
  }

  /** Removes all uploads of this evidence, and the pending evidence itself. */
  public void removeAll(PendingEvidence pending) throws IOException {
    pending.close();
    pendingByEvidence.remove(pending.evidence(), pending);
    List<Upload> gone = pending.uploads();
    gone.forEach(upload -> unregister(pending, upload));
    for (Upload upload : gone) {
      upload.delete();
    }
  }

  private void unregister(PendingEvidence pending, Upload upload) {
    upload.markGone();
    if (uploads.remove(upload.id()) != null && upload.sha256() == null) {
      countFinished(upload);
    }
    pending.remove(upload);
  }

  /** Creates a folder for temporary files; the caller or the next start deletes it. */
  public Path createScratchFolder() throws IOException {
    Path scratch = folder.incoming().resolve("bench-" + HexFormat.of().formatHex(randomBytes()));
    disk.createFolders(scratch);
    return scratch;
  }

  private byte[] randomBytes() {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    return bytes;
  }
}
