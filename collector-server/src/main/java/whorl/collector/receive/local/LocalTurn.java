package whorl.collector.receive.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.receive.uploads.PendingEvidence;
import whorl.collector.receive.uploads.Upload;
import whorl.collector.receive.uploads.UploadMetadata;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.EvidenceStore;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** A thread's turn of evidence in the data folder: holds its lock until it is closed. */
final class LocalTurn implements PendingEvidence {
  private static final Logger LOG = LoggerFactory.getLogger(LocalTurn.class);
  private static final int BUFFER_BYTES = 64 << 10;

  private final LocalUploads uploads;
  private final LocalEvidence state;
  private final Disk disk;
  private final List<LocalUpload> locked = new ArrayList<>();
  private final Map<Digest, Path> frozen = new LinkedHashMap<>();
  private @Nullable Path scratch;

  /**
   * @param state whose lock the thread holds
   */
  LocalTurn(LocalUploads uploads, LocalEvidence state, Disk disk) {
    this.uploads = uploads;
    this.state = state;
    this.disk = disk;
  }

  @Override
  public Id evidence() {
    return state.evidence();
  }

  @Override
  public Id capture() {
    return state.capture();
  }

  @Override
  public Id agent() {
    return state.agent();
  }

  @Override
  public @Nullable Upload upload(ArtifactName name) {
    return state.upload(name);
  }

  @Override
  public @Nullable ArtifactName nameDifferingInCase(ArtifactName name) {
    return state.nameDifferingInCase(name);
  }

  @Override
  public List<Upload> uploads() {
    return List.copyOf(state.uploads());
  }

  @Override
  public List<Upload> namedUploads() {
    return List.copyOf(state.namedUploads());
  }

  @Override
  public int size() {
    return state.size();
  }

  @Override
  public Upload create(UploadMetadata metadata, @Nullable Long length, String network, int kept)
      throws IOException {
    return uploads.create(state, metadata, length, network);
  }

  @Override
  public boolean lock(Upload upload) {
    LocalUpload local = (LocalUpload) upload;
    if (!local.tryLock()) {
      return false;
    }
    locked.add(local);
    return true;
  }

  @Override
  public boolean lockAll() {
    List<LocalUpload> before = List.copyOf(locked);
    for (LocalUpload each : state.uploads()) {
      if (!lock(each)) {
        locked.subList(before.size(), locked.size()).forEach(LocalUpload::unlock);
        locked.subList(before.size(), locked.size()).clear();
        return false;
      }
    }
    return true;
  }

  @Override
  public void complete(Upload upload) throws IOException {
    uploads.complete(upload);
  }

  @Override
  public void setAside(Upload upload) throws IOException {
    uploads.setAside(state, (LocalUpload) upload);
  }

  @Override
  public void remove(Upload upload) throws IOException {
    uploads.remove(state, (LocalUpload) upload);
  }

  @Override
  public void removeAll() throws IOException {
    uploads.removeAll(state);
  }

  @Override
  public boolean removed() {
    return state.closed();
  }

  /** Copies the bytes, because the agent may return and continue to write to the upload. */
  @Override
  public Digest freeze(Upload upload) throws IOException {
    Path folder = scratch;
    if (folder == null) {
      folder = uploads.createScratchFolder();
      scratch = folder;
    }
    Path copy = folder.resolve(upload.id());
    Digest sha256 = copy(((LocalUpload) upload).contentFile(), upload.offset(), copy);
    frozen.put(sha256, copy);
    return sha256;
  }

  @Override
  public void keep(Set<Digest> content, EvidenceStore store) throws IOException {
    Map<Digest, Path> files = new LinkedHashMap<>();
    for (LocalUpload upload : state.uploads()) {
      Digest sha256 = upload.sha256();
      if (sha256 != null && content.contains(sha256)) {
        files.put(sha256, upload.contentFile());
      }
    }
    frozen.forEach(
        (sha256, file) -> {
          if (content.contains(sha256)) {
            files.putIfAbsent(sha256, file);
          }
        });
    store.keep(files);
  }

  /** Only this collector has these uploads. */
  @Override
  public void requireTurn() {}

  @Override
  public void close() {
    locked.forEach(LocalUpload::unlock);
    locked.clear();
    state.turn.unlock();
    if (scratch != null) {
      try {
        disk.delete(scratch);
      } catch (IOException e) {
        LOG.warn("{} cannot be deleted; the next start does it", scratch, e);
      }
    }
  }

  private Digest copy(Path from, long size, Path to) throws IOException {
    MessageDigest sha256 = Digest.newSha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(from);
        FileChannel out = disk.open(to)) {
      long at = 0;
      while (at < size) {
        int read = in.read(buffer, 0, (int) Math.min(buffer.length, size - at));
        if (read < 0) {
          throw new IOException(from + " is shorter than its offset");
        }
        sha256.update(buffer, 0, read);
        disk.write(out, ByteBuffer.wrap(buffer, 0, read), at);
        at += read;
      }
      disk.force(out);
    }
    return Digest.of(sha256);
  }
}
