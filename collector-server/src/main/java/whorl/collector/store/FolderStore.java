package whorl.collector.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** The store in a folder of the local file system. */
public final class FolderStore implements EvidenceStore {
  private static final long RECORD_MAX_BYTES = 32 << 20;

  private final DataFolder folder;
  private final Disk disk;

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
  public void adopt(Map<Digest, Path> files) throws IOException {
    Set<Path> touched = new LinkedHashSet<>();
    for (Map.Entry<Digest, Path> entry : files.entrySet()) {
      Path blob = folder.blob(entry.getKey());
      Path shard = folder.shard(entry.getKey());
      if (!Files.isDirectory(shard)) {
        disk.createFolders(shard);
        touched.add(folder.blobs());
      }
      if (Files.exists(entry.getValue(), LinkOption.NOFOLLOW_LINKS)) {
        disk.move(entry.getValue(), blob);
      } else if (!Files.exists(blob)) {
        throw new NoSuchFileException(entry.getValue().toString(), null, "content is gone");
      }
      touched.add(shard);
    }
    for (Path changed : touched) {
      disk.forceFolder(changed);
    }
  }

  @Override
  public boolean holds(Digest sha256) {
    return Files.exists(folder.blob(sha256));
  }

  @Override
  public Path content(Digest sha256) throws IOException {
    Path blob = folder.blob(sha256);
    if (!Files.isRegularFile(blob, LinkOption.NOFOLLOW_LINKS)) {
      throw new NoSuchFileException("blob " + sha256, null, "the store does not have it");
    }
    return blob;
  }

  @Override
  public Digest commit(EvidenceRecord record) throws IOException {
    byte[] json = Json.bytes(record);
    disk.createFolders(folder.evidence(record.id()));
    disk.forceFolder(folder.evidence());
    disk.replace(folder.evidence(record.id()), DataFolder.RECORD, json);
    return Digest.of(json);
  }

  @Override
  public byte @Nullable [] recordBytes(Id evidence) throws IOException {
    Path file = folder.record(evidence);
    try {
      if (Files.size(file) > RECORD_MAX_BYTES) {
        throw new IOException("evidence " + evidence + ": evidence.json is too long to be ours");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException absent) {
      return null;
    }
  }

  @Override
  public @Nullable EvidenceRecord record(Id evidence) throws IOException {
    byte[] json = recordBytes(evidence);
    if (json == null) {
      return null;
    }
    try {
      return EvidenceRecord.parse(json);
    } catch (IOException e) {
      throw new IOException("evidence " + evidence + ": evidence.json is damaged; verify it", e);
    }
  }

  @Override
  public List<Id> evidence() throws IOException {
    List<Id> ids = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder.evidence())) {
      for (Path each : folders) {
        Id id = idOf(each);
        if (id != null && Files.exists(folder.record(id))) {
          ids.add(id);
        }
      }
    }
    ids.sort(null);
    return ids;
  }

  @Override
  public long sweep(Predicate<Digest> keep) throws IOException {
    long removed = 0;
    try (DirectoryStream<Path> shards = Files.newDirectoryStream(folder.blobs())) {
      for (Path shard : shards) {
        try (DirectoryStream<Path> blobs = Files.newDirectoryStream(shard)) {
          for (Path blob : blobs) {
            if (!keep.test(new Digest(blob.getFileName().toString()))) {
              disk.delete(blob);
              removed++;
            }
          }
        }
      }
    }
    return removed;
  }

  private static @Nullable Id idOf(Path folder) {
    try {
      return new Id(folder.getFileName().toString());
    } catch (IllegalArgumentException notOurs) {
      return null;
    }
  }
}
