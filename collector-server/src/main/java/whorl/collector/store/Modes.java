package whorl.collector.store;

import java.nio.file.FileSystems;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files and folders are for their owner alone, where the file system knows owners. */
public final class Modes {
  private static final Set<PosixFilePermission> OWNERS_FILE =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> OWNERS_FOLDER =
      PosixFilePermissions.fromString("rwx------");
  private static final boolean KNOWN =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  private Modes() {}

  /** Of a file that is made. */
  public static FileAttribute<?>[] file() {
    return attributes(OWNERS_FILE);
  }

  /** Of a folder that is made. */
  public static FileAttribute<?>[] folder() {
    return attributes(OWNERS_FOLDER);
  }

  private static FileAttribute<?>[] attributes(Set<PosixFilePermission> permissions) {
    return KNOWN
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
        : new FileAttribute<?>[0];
  }
}
