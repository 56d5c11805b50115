package whorl.agent.library;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Shows whether a file is still the one that was read.
 *
 * @param key the file's device and inode as text; empty if the file system has none
 */
record FileStamp(long size, long modifiedMillis, String key) {
  /**
   * Returns the stamp; null if it is not a regular file, so that no pipe or device is ever opened.
   *
   * @throws NoSuchFileException if there is no such file
   */
  static @Nullable FileStamp of(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return attributes.isRegularFile()
        ? new FileStamp(
            attributes.size(),
            attributes.lastModifiedTime().toMillis(),
            String.valueOf(attributes.fileKey()))
        : null;
  }
}
