package whorl.collector.backup;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Set;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.disk.Modes;
import whorl.evidence.Digest;

/** Writes files atomically; they are on the medium before they get their name. */
final class CopiedFiles {
  private CopiedFiles() {}

  /** Copies a file. */
  static void copy(Path from, Path to) throws IOException {
    try (InputStream in = Files.newInputStream(from)) {
      write(in, to);
    }
  }

  /**
   * Copies content and compares it with its digest.
   *
   * @return true if they match; the copy is written in any case
   */
  static boolean copy(Path from, Path to, Digest sha256) throws IOException {
    MessageDigest digest = Digest.newSha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(from), digest)) {
      write(in, to);
    }
    return Digest.of(digest).equals(sha256);
  }

  /** Writes a small file. */
  static void replace(Path to, byte[] content) throws IOException {
    try (InputStream in = new ByteArrayInputStream(content)) {
      write(in, to);
    }
  }

  private static void write(InputStream in, Path to) throws IOException {
    Path temporary = to.resolveSibling(to.getFileName() + Disk.TEMPORARY);
    Files.createDirectories(to.getParent(), Modes.folder());
    Files.deleteIfExists(temporary);
    try (FileChannel file =
        FileChannel.open(
            temporary,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            Modes.file())) {
      OutputStream out = Channels.newOutputStream(file);
      in.transferTo(out);
      file.force(true);
    }
    Files.move(temporary, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
