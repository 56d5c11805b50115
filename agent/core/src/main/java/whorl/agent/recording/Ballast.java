package whorl.agent.recording;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of zeros that keeps room free until it is needed, and is then deleted at once. */
final class Ballast {
  private static final int BLOCK_BYTES = 64 << 10;

  private final Path file;
  private final long bytes;
  private boolean there;

  Ballast(Path folder, long bytes) {
    this.file = folder.resolve("whorl-ballast-" + ProcessHandle.current().pid());
    this.bytes = bytes;
  }

  synchronized void lay() throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    try (OutputStream out = Files.newOutputStream(file)) {
      there = true;
      for (long written = 0; written < bytes; written += block.length) {
        out.write(block);
      }
    } catch (IOException e) {
      drop();
      throw e;
    }
  }

  synchronized void drop() throws IOException {
    if (there) {
      Files.deleteIfExists(file);
      there = false;
    }
  }
}
