package whorl.collector.cli.evidence;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.terminal.CliException;
import whorl.evidence.Digest;

/** Local files. */
final class LocalFiles {
  private static final int BUFFER_BYTES = 64 << 10;

  private LocalFiles() {}

  /** The digest of a file's content. */
  static Digest digest(Path file) {
    MessageDigest sha256 = Digest.newSha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        sha256.update(buffer, 0, n);
      }
    } catch (IOException e) {
      throw CliException.failed("cannot read " + file + ": " + Problems.text(e), null);
    }
    return Digest.of(sha256);
  }
}
