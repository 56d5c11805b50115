package whorl.agent.recording;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A file of zeros that reserves disk space, which is freed at once when needed. The file is
 * unlinked as soon as it is open, so that nothing stays behind however the JVM ends.
 */
final class Ballast {
  private static final int BLOCK_BYTES = 64 << 10;

  private final Path folder;
  private final long bytes;
  private @Nullable FileChannel file;

  Ballast(Path folder, long bytes) {
    this.folder = folder;
    this.bytes = bytes;
  }

  /** Reserves the space; what was reserved before is released first. */
  synchronized void allocate() throws IOException {
    release();
    // The folder may be shared, such as /tmp: another user must not know the name before.
    long random = ThreadLocalRandom.current().nextLong(Long.MAX_VALUE);
    Path name = folder.resolve("whorl-ballast-" + random);
    file =
        FileChannel.open(
            name,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    try {
      ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
      for (long written = 0; written < bytes; written += file.write(block)) {
        block.clear();
      }
    } catch (IOException | RuntimeException | Error e) {
      release();
      throw e;
    }
  }

  synchronized void release() throws IOException {
    FileChannel allocated = file;
    file = null;
    if (allocated != null) {
      allocated.close();
    }
  }
}
