package whorl.collector.faults;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** A folder on a file system of its own, which can be made full. Needs the right to mount. */
final class OwnDisk implements AutoCloseable {
  private static final long BYTES = 6L << 30;
  private static final long LEFT_BYTES = 64 << 10;
  private static final int ATTEMPTS = 20;
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final boolean POSSIBLE = canMount();

  private final Path folder;
  private boolean closed;

  private OwnDisk(Path folder) {
    this.folder = folder;
  }

  static boolean isPossible() {
    return POSSIBLE;
  }

  /**
   * Puts a file system on this folder, which is empty.
   *
   * @param mode of the folder, such as {@code 0700}
   */
  static OwnDisk on(Path folder, String mode) throws IOException {
    String options = "mode=" + mode + ",size=" + BYTES;
    ServerProcess.run(
        List.of("mount", "-t", "tmpfs", "-o", options, "whorl-faults", folder.toString()), LIMIT);
    return new OwnDisk(folder);
  }

  /** Nearly no byte more can be written. */
  void fill() throws IOException {
    FileStore store = Files.getFileStore(folder);
    IOException last = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        resize(store.getTotalSpace() - store.getUnallocatedSpace() + LEFT_BYTES);
        return;
      } catch (IOException written) {
        last = written; // more than that, in between
      }
    }
    throw Objects.requireNonNull(last);
  }

  void free() throws IOException {
    resize(BYTES);
  }

  private void resize(long bytes) throws IOException {
    ServerProcess.run(List.of("mount", "-o", "remount,size=" + bytes, folder.toString()), LIMIT);
  }

  /** Unmounts it at once, whatever still uses it; what was in it is gone. */
  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    ServerProcess.run(List.of("umount", "--lazy", folder.toString()), LIMIT);
  }

  private static boolean canMount() {
    try {
      Path folder = Files.createTempDirectory("whorl-disk");
      try (OwnDisk tried = on(folder, "0700")) {
        tried.fill();
        return true;
      } finally {
        Files.delete(folder);
      }
    } catch (IOException notAllowed) {
      return false;
    }
  }
}
