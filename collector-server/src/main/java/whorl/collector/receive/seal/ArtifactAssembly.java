package whorl.collector.receive.seal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import whorl.collector.receive.uploads.Upload;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;

/**
 * The artifacts of one piece of evidence and the files that hold their content. An assembly only
 * grows: artifacts of an earlier record stay. When two artifacts share a name, the one that the
 * manifest lists gets the name, otherwise the first to arrive; the other gets a number as its
 * suffix.
 */
final class ArtifactAssembly {
  static final String INCOMPLETE_SUFFIX = ".part";

  private static final int NAME_MAX_CHARS = 128;

  private final Map<ArtifactName, Digest> listed;
  private final int receipt;
  private final Path scratch;
  private final Disk disk;
  private final Map<ArtifactName, StoredArtifact> artifacts = new TreeMap<>();
  private final Map<Digest, Path> content = new LinkedHashMap<>();

  /**
   * @param earlier the artifacts of the record so far
   * @param listed the artifacts in the manifest; empty without a manifest
   * @param receipt the number of the custody receipt for the artifacts that are added here
   * @param scratch a folder for temporary files
   */
  ArtifactAssembly(
      List<StoredArtifact> earlier,
      Map<ArtifactName, Digest> listed,
      int receipt,
      Path scratch,
      Disk disk) {
    this.listed = listed;
    this.receipt = receipt;
    this.scratch = scratch;
    this.disk = disk;
    earlier.forEach(artifact -> artifacts.put(artifact.name(), artifact));
  }

  /** True if the artifacts already contain the content of this upload. */
  static boolean holds(Iterable<StoredArtifact> artifacts, Upload upload) {
    Digest sha256 = upload.sha256();
    for (StoredArtifact artifact : artifacts) {
      boolean same =
          sha256 != null
              ? artifact.sha256().equals(sha256)
              : artifact.incomplete()
                  && artifact.size() == upload.offset()
                  && artifact.shippedAs().equals(partName(upload.metadata().artifact()));
      if (same) {
        return true;
      }
    }
    return false;
  }

  /** Adds a complete upload, or the received part of one as {@code name.part}. */
  void add(Upload upload) throws IOException {
    ArtifactName name = upload.metadata().artifact();
    Digest sha256 = upload.sha256();
    if (sha256 != null) {
      put(
          StoredArtifact.arrived(name, upload.offset(), sha256, upload.metadata().mediaType()),
          upload.content());
    } else if (upload.offset() > 0) {
      // A copy, because the agent may return and continue to write to the upload.
      long size = upload.offset();
      Path copy = scratch.resolve(upload.id());
      put(
          StoredArtifact.incomplete(partName(name), size, copy(upload.content(), size, copy)),
          copy);
    }
  }

  /** All artifacts, by name. */
  List<StoredArtifact> artifacts() {
    if (listed.isEmpty()) {
      return List.copyOf(artifacts.values());
    }
    return artifacts.values().stream()
        .map(each -> each.unlisted(!each.incomplete() && !isListed(each)))
        .toList();
  }

  /** The files of the added artifacts. */
  Map<Digest, Path> content() {
    return content;
  }

  private boolean isListed(StoredArtifact artifact) {
    return artifact.sha256().equals(listed.get(artifact.name()));
  }

  private void put(StoredArtifact added, Path file) {
    content.put(added.sha256(), file);
    StoredArtifact artifact = added.ofReceipt(receipt);
    StoredArtifact existing = artifacts.get(artifact.name());
    if (existing == null) {
      artifacts.put(artifact.name(), artifact);
    } else if (existing.sha256().equals(artifact.sha256())) {
      return; // duplicate
    } else if (isListed(artifact)) {
      artifacts.put(artifact.name(), artifact);
      putNumbered(existing);
    } else {
      putNumbered(artifact);
    }
  }

  private void putNumbered(StoredArtifact artifact) {
    for (int i = 2; ; i++) {
      ArtifactName name = numbered(artifact.name(), i);
      StoredArtifact existing = artifacts.get(name);
      if (existing != null && existing.sha256().equals(artifact.sha256())) {
        return;
      }
      if (existing == null && !listed.containsKey(name)) {
        artifacts.put(name, artifact.renamed(name));
        return;
      }
    }
  }

  private static ArtifactName partName(ArtifactName name) {
    return suffixed(name, INCOMPLETE_SUFFIX);
  }

  private static ArtifactName numbered(ArtifactName name, int number) {
    return suffixed(name, "." + number);
  }

  private static ArtifactName suffixed(ArtifactName name, String suffix) {
    String head = name.value();
    int end = Math.min(head.length(), NAME_MAX_CHARS - suffix.length());
    // A name must not have these characters before a dot.
    while (head.charAt(end - 1) == '.' || head.charAt(end - 1) == '/') {
      end--;
    }
    return new ArtifactName(head.substring(0, end) + suffix);
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
}
