package whorl.agent.ship.spool;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Folders of a spool that only this user can write. Their parent may be shared, such as {@code
 * /tmp}: a folder or link that another user has made there is not used.
 */
final class SpoolFolder {
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final Set<PosixFilePermission> WRITABLE_BY_OTHERS =
      Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  private static final String WORKLOAD = "workload";
  private static final int WORKLOAD_MAX_BYTES = 4 << 10;

  private SpoolFolder() {}

  /**
   * Creates a folder for one JVM in {@code spool}, which is created as well if it is missing.
   *
   * @throws IOException if it cannot be created, or if another user could change its content
   */
  static Path make(Path spool, String name) throws IOException {
    Path parent = spool.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    boolean exists = false;
    try {
      create(spool);
    } catch (FileAlreadyExistsException e) {
      exists = true;
    }
    if (exists && !Files.isDirectory(spool, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException("the spool " + spool + " is a link or no folder: remove it");
    }
    refuseIfOthersWrite(spool);
    Path own = spool.resolve(name);
    create(own);
    if (!sameOwner(spool, own)) {
      Files.delete(own);
      throw new IOException("the spool " + spool + " belongs to another user: remove it");
    }
    return own;
  }

  /** True for a folder of the same user that is not a link. */
  static boolean isOurs(Path folder, Path own) throws IOException {
    return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) && sameOwner(folder, own);
  }

  /** Writes the workload of the folder's evidence; after locking, before there is any evidence. */
  static void sign(Path own, String workload) throws IOException {
    Files.writeString(own.resolve(WORKLOAD), workload, StandardOpenOption.CREATE_NEW);
  }

  /** The workload of the folder's evidence; null if it is unknown. */
  static @Nullable String workload(Path folder) {
    Path file = folder.resolve(WORKLOAD);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    try (InputStream in =
        Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      return new String(in.readNBytes(WORKLOAD_MAX_BYTES), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      return null;
    }
  }

  /** Removes the workload file of an otherwise empty folder. */
  static void unsign(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(WORKLOAD));
  }

  static boolean isSignature(Path file) {
    return file.endsWith(WORKLOAD);
  }

  /**
   * Refuses what is no regular file: opening a pipe waits for its other end, perhaps for ever, and
   * code in this JVM or in an earlier one may have put one there.
   */
  static void refuseIfNoFile(Path file) throws IOException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(file + " is no regular file: remove it");
    }
  }

  private static void create(Path folder) throws IOException {
    if (isPosix(folder)) {
      Files.createDirectory(folder, OWNER_ONLY);
    } else {
      Files.createDirectory(folder);
    }
  }

  private static void refuseIfOthersWrite(Path spool) throws IOException {
    if (isPosix(spool)) {
      for (PosixFilePermission permission :
          Files.getPosixFilePermissions(spool, LinkOption.NOFOLLOW_LINKS)) {
        if (WRITABLE_BY_OTHERS.contains(permission)) {
          throw new IOException(
              "the spool " + spool + " can be written to by other users: chmod 700, or remove it");
        }
      }
    }
  }

  private static boolean sameOwner(Path path, Path other) throws IOException {
    return !isPosix(path)
        || Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS)
            .equals(Files.getAttribute(other, "unix:uid", LinkOption.NOFOLLOW_LINKS));
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("unix");
  }
}
