package whorl.collector.receive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.Disk;
import whorl.collector.store.StoredArtifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;

/** The artifacts that a piece of evidence will have, and the files that hold their content. */
final class Gathering {
  static final String INCOMPLETE_SUFFIX = ".part";

  private static final int NAME_MAX_CHARS = 128;

  private final Map<ArtifactName, StoredArtifact> artifacts;
  private final Map<Digest, Path> content;
  private final Path bench;
  private final Disk disk;

  /**
   * @param bench a folder for files that are made on the way
   */
  Gathering(
      Map<ArtifactName, StoredArtifact> artifacts,
      Map<Digest, Path> content,
      Path bench,
      Disk disk) {
    this.artifacts = artifacts;
    this.content = content;
    this.bench = bench;
    this.disk = disk;
  }

  boolean has(ArtifactName name) {
    return artifacts.containsKey(name);
  }

  @Nullable StoredArtifact artifact(ArtifactName name) {
    return artifacts.get(name);
  }

  /** The file of an artifact that was added here; null for others. */
  @Nullable Path file(ArtifactName name) {
    StoredArtifact artifact = artifacts.get(name);
    return artifact == null ? null : content.get(artifact.sha256());
  }

  Path bench() {
    return bench;
  }

  /** A whole upload; or one without its end, if that is wanted, as {@code name.part}. */
  void add(Upload upload, boolean incompleteToo) throws IOException {
    ArtifactName name = upload.metadata().artifact();
    Digest sha256 = upload.sha256();
    if (sha256 != null) {
      put(
          StoredArtifact.arrived(name, upload.offset(), sha256, upload.metadata().mediaType()),
          upload.content());
    } else if (incompleteToo && upload.offset() > 0) {
      // A copy: the agent may come back and go on writing to the upload.
      Path copy = bench.resolve(upload.id());
      Digest copied = copy(upload.content(), upload.offset(), copy);
      put(
          new StoredArtifact(
              partName(name), upload.offset(), copied, "application/octet-stream", false, true),
          copy);
    }
  }

  /** A file that was made from others; it is forced here. */
  void addDerived(ArtifactName name, String mediaType, Path file) throws IOException {
    long size = Files.size(file);
    Digest sha256;
    try (FileChannel channel = disk.open(file)) {
      disk.force(channel);
      sha256 = digest(file);
    }
    put(new StoredArtifact(name, size, sha256, mediaType, true, false), file);
  }

  private void put(StoredArtifact artifact, Path file) {
    artifacts.put(artifact.name(), artifact);
    content.put(artifact.sha256(), file);
  }

  private static ArtifactName partName(ArtifactName name) {
    String head = name.value();
    int room = NAME_MAX_CHARS - INCOMPLETE_SUFFIX.length();
    return new ArtifactName(
        (head.length() <= room ? head : head.substring(0, room)) + INCOMPLETE_SUFFIX);
  }

  private Digest copy(Path from, long size, Path to) throws IOException {
    MessageDigest sha256 = Digest.newSha256();
    byte[] buffer = new byte[1 << 16];
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

  private static Digest digest(Path file) throws IOException {
    MessageDigest sha256 = Digest.newSha256();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        sha256.update(buffer, 0, read);
      }
    }
    return Digest.of(sha256);
  }
}
