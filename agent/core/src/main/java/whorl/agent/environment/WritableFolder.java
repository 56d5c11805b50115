package whorl.agent.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A folder in which a file can be created.
 *
 * @param roomBytes free space on its file system
 * @param inMemory true for tmpfs, whose bytes count against the container's memory
 */
public record WritableFolder(Path path, long roomBytes, boolean inMemory) {
  /** Returns the folder if a file can be created in it; else null. */
  static @Nullable WritableFolder probe(Path path) {
    try {
      if (!Files.isDirectory(path)) {
        return null;
      }
      Path probe = Files.createTempFile(path, "whorl", ".probe");
      Files.delete(probe);
      boolean tmpfs = Files.getFileStore(path).type().equals("tmpfs");
      return new WritableFolder(path, path.toFile().getUsableSpace(), tmpfs);
    } catch (IOException | UnsupportedOperationException | SecurityException notWritable) {
      return null;
    }
  }

  /** Returns the current free space. */
  public long roomBytesNow() {
    return path.toFile().getUsableSpace();
  }
}
