package whorl.collector.store.objects;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.disk.FileDigest;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** The store in a folder of the local file system. */
public final class FolderStore implements EvidenceStore {
  private static final int LOCKS = 64;
  private static final Logger LOG = LoggerFactory.getLogger(FolderStore.class);
  private static final Pattern SHARD = Pattern.compile("[0-9a-f]{2}");
  private static final Pattern BLOB = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern TEMPORARY_BLOB =
      Pattern.compile("[0-9a-f]{64}(\\.[0-9]+)?" + Pattern.quote(Disk.TEMPORARY));

  private final DataFolder folder;
  private final Disk disk;
  private final Pins pins = new Pins();
  private final Object discarding = new Object();
  private final Object[] locks = Stream.generate(Object::new).limit(LOCKS).toArray();

  private FolderStore(DataFolder folder, Disk disk) {
    this.folder = folder;
    this.disk = disk;
  }

  /** Opens or creates the store. */
  public static FolderStore open(DataFolder folder, Disk disk) throws IOException {
    disk.createFolders(folder.blobs());
    disk.createFolders(folder.evidence());
    disk.forceFolder(folder.root());
    return new FolderStore(folder, disk);
  }

  /** A store that is only read. */
  public static FolderStore existing(DataFolder folder) {
    return new FolderStore(folder, Disk.LOCAL);
  }

  @Override
  public void keep(Map<Digest, Path> files) throws IOException {
    pins.add(files.keySet());
    Set<Path> touched = new LinkedHashSet<>();
    for (Map.Entry<Digest, Path> entry : files.entrySet()) {
      Path blob = folder.blob(entry.getKey());
      if (isDamaged(blob, entry.getKey(), entry.getValue())) {
        LOG.warn("blob {} is damaged; the received content replaces it", entry.getKey());
        disk.delete(blob);
      }
      if (!Files.exists(blob)) {
        Path shard = folder.shard(entry.getKey());
        if (!Files.isDirectory(shard)) {
          disk.createFolders(shard);
          touched.add(folder.blobs());
        }
        disk.linkOrCopy(entry.getValue(), blob);
        touched.add(shard);
      }
    }
    for (Path changed : touched) {
      disk.forceFolder(changed);
    }
  }

  @Override
  public void keepPresent(Collection<Digest> content) throws IOException {
    pins.add(content);
    for (Digest each : content) {
      content(each);
    }
  }

  /**
   * An existing blob is compared with its digest, so that new content is not lost in favour of a
   * damaged copy.
   */
  private static boolean isDamaged(Path blob, Digest sha256, Path fresh) throws IOException {
    if (!Files.exists(blob) || Files.isSameFile(blob, fresh)) {
      return false;
    }
    return Files.size(blob) != Files.size(fresh) || !FileDigest.of(blob).equals(sha256);
  }

  @Override
  public Pin pin(Collection<Digest> content) {
    List<Digest> pinned = List.copyOf(content);
    AtomicBoolean closed = new AtomicBoolean();
    pins.add(pinned);
    return () -> {
      if (closed.compareAndSet(false, true)) {
        pins.remove(pinned);
      }
    };
  }

  @Override
  public void settled(Collection<Digest> content) {
    pins.remove(content);
  }

  @Override
  public boolean holds(Digest sha256) {
    return Files.exists(folder.blob(sha256));
  }

  @Override
  public Content content(Digest sha256) throws IOException {
    return new StoredFile(localFile(sha256));
  }

  /** A file that stays anyway; content in use is pinned. */
  private record StoredFile(Path file) implements Content {
    @Override
    public void close() {
      // the file belongs to the store
    }
  }

  @Override
  public InputStream read(Digest sha256, long offset) throws IOException {
    SeekableByteChannel channel = Files.newByteChannel(localFile(sha256));
    try {
      return Channels.newInputStream(channel.position(offset));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public Path localFile(Digest sha256) throws IOException {
    Path blob = folder.blob(sha256);
    if (!Files.isRegularFile(blob, LinkOption.NOFOLLOW_LINKS)) {
      throw new NoSuchFileException("blob " + sha256, null, "the store does not have it");
    }
    return blob;
  }

  @Override
  public Digest commit(EvidenceRecord record) throws IOException {
    byte[] json = Json.bytes(record);
    synchronized (lock(record.id())) {
      disk.createFolders(folder.evidence(record.id()));
      disk.forceFolder(folder.evidence());
      // The record's write forces this name, too.
      disk.open(folder.due(record.id(), Digest.of(json))).close();
      disk.replace(folder.evidence(record.id()), DataFolder.RECORD, json);
    }
    return Digest.of(json);
  }

  @Override
  public void adopt(Id evidence, byte[] record, Collection<Digest> content, boolean inCustody)
      throws IOException {
    synchronized (lock(evidence)) {
      disk.createFolders(folder.evidence(evidence));
      disk.forceFolder(folder.evidence());
      if (!inCustody) {
        disk.open(folder.due(evidence, Digest.of(record))).close();
      }
      disk.replace(folder.evidence(evidence), DataFolder.RECORD, record);
    }
  }

  @Override
  public @Nullable Digest commit(EvidenceRecord record, @Nullable Digest before)
      throws IOException {
    synchronized (lock(record.id())) {
      byte[] current = recordBytes(record.id());
      Digest now = current == null ? null : Digest.of(current);
      return Objects.equals(now, before) ? commit(record) : null;
    }
  }

  @Override
  public List<Id> dueInCustody() throws IOException {
    List<Id> due = new ArrayList<>();
    for (Id evidence : evidence()) {
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(folder.evidence(evidence), DataFolder.DUE + "*")) {
        if (files.iterator().hasNext()) {
          due.add(evidence);
        }
      }
    }
    return due;
  }

  @Override
  public void markInCustody(Id evidence, Digest record) throws IOException {
    synchronized (lock(evidence)) {
      byte[] current = recordBytes(evidence);
      if (current == null || !Digest.of(current).equals(record)) {
        disk.delete(folder.due(evidence, record));
        return;
      }
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(folder.evidence(evidence), DataFolder.DUE + "*")) {
        for (Path file : files) {
          disk.delete(file);
        }
      }
    }
  }

  @Override
  public boolean amend(EvidenceRecord record, Digest before, Announcement beforeReplace)
      throws IOException {
    byte[] json = Json.bytes(record);
    synchronized (lock(record.id())) {
      byte[] current = recordBytes(record.id());
      if (current == null || !Digest.of(current).equals(before)) {
        return false;
      }
      beforeReplace.of(Digest.of(json));
      disk.replace(folder.evidence(record.id()), DataFolder.RECORD, json);
    }
    return true;
  }

  /** The lock for this evidence's record; some others share it. */
  private Object lock(Id evidence) {
    return locks[Math.floorMod(evidence.hashCode(), locks.length)];
  }

  @Override
  public byte @Nullable [] recordBytes(Id evidence) throws IOException {
    Path file = folder.record(evidence);
    try {
      if (Files.size(file) > EvidenceRecord.MAX_BYTES) {
        throw new IOException("evidence " + evidence + ": evidence.json is too long to be ours");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException absent) {
      return null;
    }
  }

  @Override
  public boolean contains(Id evidence) {
    return Files.exists(folder.record(evidence));
  }

  @Override
  public void hold(Id evidence, boolean held) {
    // a folder has no locks; custody and cases hold evidence
  }

  @Override
  public void lockUntil(Id evidence, Instant until) {
    // as for hold
  }

  @Override
  public List<Id> evidence() throws IOException {
    List<Id> ids = folders();
    ids.removeIf(id -> !contains(id));
    return ids;
  }

  @Override
  public List<Id> evidence(String after, int limit) throws IOException {
    return evidence().stream()
        .filter(each -> each.value().compareTo(after) > 0)
        .limit(limit)
        .toList();
  }

  @Override
  public List<Id> removalsToFinish() throws IOException {
    return folders();
  }

  /** All folders, sorted by id: of evidence, or of what is left of it. */
  private List<Id> folders() throws IOException {
    List<Id> ids = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder.evidence())) {
      for (Path each : folders) {
        Id id = idOf(each);
        if (id != null) {
          ids.add(id);
        }
      }
    }
    ids.sort(null);
    return ids;
  }

  @Override
  public void remove(Id evidence) throws IOException {
    Path evidenceFolder = folder.evidence(evidence);
    if (!Files.isDirectory(evidenceFolder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    synchronized (lock(evidence)) {
      disk.delete(folder.record(evidence));
      disk.forceFolder(evidenceFolder);
    }
    disk.delete(evidenceFolder);
    disk.forceFolder(folder.evidence());
  }

  @Override
  public Discarded discard(Set<Digest> content) throws IOException {
    synchronized (discarding) {
      pins.startTracking();
      try {
        Set<Digest> unreferred = new LinkedHashSet<>(content);
        Set<Digest> pinned = pins.pinnedOf(content);
        unreferred.removeAll(pinned);
        if (unreferred.isEmpty()) {
          return new Discarded(0, 0, pinned);
        }
        for (Id id : evidence()) {
          EvidenceRecord record = record(id);
          if (record != null) {
            record.artifacts().forEach(artifact -> unreferred.remove(artifact.sha256()));
          }
        }
        return delete(unreferred, pinned);
      } finally {
        pins.stopTracking();
      }
    }
  }

  private Discarded delete(Set<Digest> unreferred, Set<Digest> pinned) throws IOException {
    long files = 0;
    long bytes = 0;
    for (Digest each : unreferred) {
      Path blob = folder.blob(each);
      long size = Files.exists(blob) ? Files.size(blob) : -1;
      if (!pins.removeUnlessPinned(each, () -> disk.delete(blob))) {
        pinned.add(each);
      } else if (size >= 0) {
        files++;
        bytes += size;
      }
    }
    return new Discarded(files, bytes, pinned);
  }

  @Override
  public long sweep(Predicate<Digest> referred, Trash trash) throws IOException {
    long swept = 0;
    try (DirectoryStream<Path> shards = Files.newDirectoryStream(folder.blobs())) {
      for (Path shard : shards) {
        if (SHARD.matcher(String.valueOf(shard.getFileName())).matches()
            && Files.isDirectory(shard, LinkOption.NOFOLLOW_LINKS)) {
          swept += sweep(shard, referred, trash);
        } else {
          LOG.warn("{} is not the collector's: left alone", shard);
        }
      }
    }
    return swept;
  }

  private long sweep(Path shard, Predicate<Digest> referred, Trash trash) throws IOException {
    long swept = 0;
    try (DirectoryStream<Path> blobs = Files.newDirectoryStream(shard)) {
      for (Path blob : blobs) {
        String name = String.valueOf(blob.getFileName());
        if (TEMPORARY_BLOB.matcher(name).matches()) {
          disk.delete(blob);
        } else if (!BLOB.matcher(name).matches()) {
          LOG.warn("{} is not the collector's: left alone", blob);
        } else if (!referred.test(new Digest(name))) {
          trash.take(blob);
          swept++;
        }
      }
    }
    return swept;
  }

  private static @Nullable Id idOf(Path folder) {
    try {
      return new Id(folder.getFileName().toString());
    } catch (IllegalArgumentException notOurs) {
      return null;
    }
  }
}
