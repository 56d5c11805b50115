package whorl.collector;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** Keeps a data folder to one server: {@code <data>/lock}, held until the process ends. */
final class DataLock implements AutoCloseable {
  private final FileChannel file;

  private DataLock(FileChannel file) {
    this.file = file;
  }

  /**
   * Makes the folder if it is not there, for its owner alone, and takes it.
   *
   * @throws IOException when another server has it
   */
  static DataLock take(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    FileChannel file =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (locked(file) == null) {
      file.close();
      throw new IOException(
          "the data folder "
              + folder
              + " is in use by another collector; stop that one, or choose another with --data");
    }
    return new DataLock(file);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private static @Nullable FileLock locked(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException here) {
      return null;
    }
  }
}
