package whorl.collector.receive.local;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.receive.ReceiveLimits;
import whorl.collector.receive.ReceiverCounters;
import whorl.collector.receive.ReceiverDependencies;
import whorl.collector.receive.SealListener;
import whorl.collector.receive.uploads.PendingEvidence;
import whorl.collector.receive.uploads.Upload;
import whorl.collector.receive.uploads.UploadInUseException;
import whorl.collector.receive.uploads.UploadMetadata;
import whorl.collector.receive.uploads.UploadSlots;
import whorl.collector.receive.uploads.Uploads;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.evidence.Id;

/**
 * The uploads of one collector, by id and by evidence, and their folder. A client without the id
 * cannot touch the upload. {@link LocalEvidence#turn} guards the uploads of one piece of evidence.
 */
public final class LocalUploads implements Uploads {
  private static final Logger LOG = LoggerFactory.getLogger(LocalUploads.class);
  private static final int ID_BYTES = 16;

  private final DataFolder folder;
  private final Disk disk;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, LocalUpload> uploads = new ConcurrentHashMap<>();
  private final Map<Id, LocalEvidence> pendingByEvidence = new ConcurrentHashMap<>();
  private final LocalSlots slots;
  private final AtomicInteger unfinished = new AtomicInteger();
  private final Map<String, Integer> unfinishedBy = new ConcurrentHashMap<>();

  private LocalUploads(DataFolder folder, Disk disk, InstantSource clock, LocalSlots slots) {
    this.slots = slots;
    this.folder = folder;
    this.disk = disk;
    this.clock = clock;
  }

  /** Loads the uploads of an earlier run, and removes files that belong to no upload. */
  public static LocalUploads open(
      ReceiverDependencies dependencies, ReceiveLimits limits, ReceiverCounters counters)
      throws IOException {
    DataFolder folder = dependencies.folder();
    Disk disk = dependencies.disk();
    disk.createFolders(folder.incoming());
    disk.forceFolder(folder.root());
    LocalUploads opened =
        new LocalUploads(
            folder,
            disk,
            dependencies.clock(),
            new LocalSlots(limits.evidenceAtOnce(), dependencies.nanoClock()));
    Map<String, List<Path>> uploads = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder.incoming())) {
      files.forEach(
          file ->
              uploads.computeIfAbsent(LocalUpload.idOf(file), id -> new ArrayList<>()).add(file));
    }
    for (Map.Entry<String, List<Path>> each : uploads.entrySet()) {
      if (!opened.load(each.getKey(), each.getValue())) {
        LOG.warn("incoming/{} is not an upload that can be resumed: removed", each.getKey());
        for (Path file : each.getValue()) {
          disk.delete(file);
        }
        counters.uploadsDropped.increment();
      }
    }
    return opened;
  }

  private boolean load(String id, List<Path> files) throws IOException {
    LocalUpload upload = LocalUpload.load(id, folder.incoming(), files, disk);
    if (upload == null) {
      return false;
    }
    LocalEvidence pending = findOrCreate(upload.metadata(), upload.createdAt());
    boolean nameTaken = !upload.isAside() && pending.upload(upload.metadata().artifact()) != null;
    boolean accepted =
        pending.agent().equals(upload.metadata().agent())
            && pending.capture().equals(upload.metadata().capture());
    if (!accepted || nameTaken) {
      return false;
    }
    pending.touch(upload.touchedAt());
    register(pending, upload);
    return true;
  }

  private LocalEvidence findOrCreate(UploadMetadata metadata, Instant now) {
    return pendingByEvidence.computeIfAbsent(
        metadata.evidence(), id -> new LocalEvidence(metadata, now));
  }

  @Override
  public @Nullable Upload find(String id) {
    return uploads.get(id);
  }

  @Override
  public @Nullable Upload lock(String id) throws UploadInUseException {
    LocalUpload upload = uploads.get(id);
    if (upload == null) {
      return null;
    }
    if (!upload.tryLock()) {
      throw new UploadInUseException("upload " + id, upload.offset());
    }
    if (upload.gone()) {
      upload.unlock();
      return null;
    }
    return upload;
  }

  @Override
  public PendingEvidence begin(UploadMetadata metadata) {
    while (true) {
      PendingEvidence turn = turn(findOrCreate(metadata, clock.instant()));
      if (turn != null) {
        return turn;
      }
    }
  }

  @Override
  public @Nullable PendingEvidence turn(Id evidence) {
    LocalEvidence pending = pendingByEvidence.get(evidence);
    return pending == null ? null : turn(pending);
  }

  /** Waits for the turn; null if the evidence has been removed meanwhile. */
  private @Nullable PendingEvidence turn(LocalEvidence pending) {
    pending.turn.lock();
    if (pending.closed()) {
      pending.turn.unlock();
      return null;
    }
    return new LocalTurn(this, pending, disk);
  }

  @Override
  public boolean contains(Id evidence) {
    return pendingByEvidence.containsKey(evidence);
  }

  @Override
  public List<Id> pending() {
    return new ArrayList<>(pendingByEvidence.keySet());
  }

  @Override
  public Map<Id, Id> idle(Duration silence) {
    Instant before = clock.instant().minus(silence);
    return pendingByEvidence.values().stream()
        .filter(pending -> pending.lastActive().isBefore(before))
        .collect(Collectors.toMap(LocalEvidence::evidence, LocalEvidence::agent));
  }

  /** None: only a restart interrupts a seal, and the next start finishes it. */
  @Override
  public List<Id> unsealed() {
    return List.of();
  }

  @Override
  public SealListener.@Nullable Arrived received(Upload upload, long bytes, String address) {
    LocalEvidence pending = pendingByEvidence.get(upload.metadata().evidence());
    if (pending == null) {
      return null;
    }
    slots.touch(pending.evidence(), address);
    return pending.received((LocalUpload) upload, bytes, clock.instant());
  }

  @Override
  public int unfinished() {
    return unfinished.get();
  }

  /** The number of unfinished uploads that one network created since the start. */
  @Override
  public int unfinishedFrom(String network) {
    return unfinishedBy.getOrDefault(network, 0);
  }

  @Override
  public UploadSlots slots() {
    return slots;
  }

  @Override
  public boolean exclusive() {
    return true;
  }

  /** Nothing to do: {@link #open} has done it. */
  @Override
  public void clean() {}

  @Override
  public void close() {}

  LocalUpload create(
      LocalEvidence pending, UploadMetadata metadata, @Nullable Long length, String network)
      throws IOException {
    String id = HexFormat.of().formatHex(randomBytes());
    LocalUpload upload =
        LocalUpload.create(id, folder.incoming(), disk, metadata, length, clock.instant());
    upload.setAddress(network);
    register(pending, upload);
    return upload;
  }

  private void register(LocalEvidence pending, LocalUpload upload) {
    uploads.put(upload.id(), upload);
    pending.add(upload);
    if (upload.sha256() == null) {
      unfinished.incrementAndGet();
      unfinishedBy.merge(upload.address(), 1, Integer::sum);
    }
  }

  private void countFinished(LocalUpload upload) {
    unfinished.decrementAndGet();
    unfinishedBy.computeIfPresent(
        upload.address(), (address, count) -> count > 1 ? count - 1 : null);
  }

  @Override
  public boolean complete(Upload upload) throws IOException {
    LocalUpload local = (LocalUpload) upload;
    LocalEvidence pending = pendingByEvidence.get(local.metadata().evidence());
    if (pending == null) {
      return false;
    }
    pending.turn.lock();
    try {
      if (local.gone()) {
        return false;
      }
      if (local.sha256() == null && local.offset() == local.length()) {
        local.complete();
        countFinished(local);
      }
      return true;
    } finally {
      pending.turn.unlock();
    }
  }

  @Override
  public boolean remove(Upload upload) throws IOException {
    LocalUpload local = (LocalUpload) upload;
    LocalEvidence pending = pendingByEvidence.get(local.metadata().evidence());
    if (pending == null) {
      return false;
    }
    pending.turn.lock();
    try {
      if (local.gone()) {
        return false;
      }
      remove(pending, local);
      if (pending.size() == 0) {
        removeAll(pending);
      }
      return true;
    } finally {
      pending.turn.unlock();
    }
  }

  void setAside(LocalEvidence pending, LocalUpload upload) throws IOException {
    pending.setAside(upload);
    uploads.remove(upload.id());
  }

  void remove(LocalEvidence pending, LocalUpload upload) throws IOException {
    unregister(pending, upload);
    upload.delete();
  }

  void removeAll(LocalEvidence pending) throws IOException {
    pending.close();
    pendingByEvidence.remove(pending.evidence(), pending);
    slots.release(pending.evidence());
    List<LocalUpload> gone = pending.uploads();
    gone.forEach(upload -> unregister(pending, upload));
    for (LocalUpload upload : gone) {
      upload.delete();
    }
  }

  private void unregister(LocalEvidence pending, LocalUpload upload) {
    upload.markGone();
    if (uploads.remove(upload.id()) != null && upload.sha256() == null) {
      countFinished(upload);
    }
    pending.remove(upload);
  }

  /** Creates a folder for temporary files; the caller or the next start deletes it. */
  Path createScratchFolder() throws IOException {
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
