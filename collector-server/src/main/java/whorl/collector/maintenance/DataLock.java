package whorl.collector.maintenance;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Modes;

/** Locks a data folder for one server: {@code <data>/lock}, held until the process ends. */
public final class DataLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DataLock.class);
  private final FileChannel file;

  private DataLock(FileChannel file) {
    this.file = file;
  }

  /**
   * Locks the folder; if it is missing, creates it with access for its owner only.
   *
   * @throws IOException if another server has locked it, or a restore into it did not finish
   */
  public static DataLock take(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder, Modes.folder());
    }
    if (Files.exists(new DataFolder(folder).restoring())) {
      throw new IOException(
          "the data folder "
              + folder
              + " was not restored completely; run whorl restore again, into the same folder");
    }
    warnIfOthersMayRead(folder);
    FileChannel file =
        FileChannel.open(
            folder.resolve("lock"),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            Modes.file());
    if (tryLock(file) == null) {
      file.close();
      throw new IOException(
          "the data folder "
              + folder
              + " is in use by another collector; stop that one, or choose another with --data");
    }
    return new DataLock(file);
  }

  private static void warnIfOthersMayRead(Path folder) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(folder, PosixFileAttributeView.class);
    if (view != null) {
      Set<PosixFilePermission> permissions = view.readAttributes().permissions();
      if (permissions.contains(PosixFilePermission.OTHERS_READ)
          || permissions.contains(PosixFilePermission.OTHERS_EXECUTE)) {
        LOG.warn(
            "the data folder {} is open to others ({}): chmod 700 it",
            folder,
            PosixFilePermissions.toString(permissions));
      }
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException alreadyLocked) {
      return null;
    }
  }
}
