package whorl.collector.store.disk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import whorl.evidence.Digest;

/** Computes the SHA-256 of a file's content. */
public final class FileDigest {
  private static final int BUFFER_BYTES = 64 << 10;

  private FileDigest() {}

  /** Reads the whole file. */
  public static Digest of(Path file) throws IOException {
    MessageDigest sha256 = Digest.newSha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        sha256.update(buffer, 0, n);
      }
    }
    return Digest.of(sha256);
  }
}
