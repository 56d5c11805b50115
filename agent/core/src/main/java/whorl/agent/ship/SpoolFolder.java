package whorl.agent.ship;

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
 * Folders of a spool that this user alone can write to. The place they are in may be shared, such
 * as {@code /tmp}: what another user made there beforehand, a folder or a link, is not used.
 */
final class SpoolFolder {
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final Set<PosixFilePermission> BY_OTHERS =
      Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  private static final String WORKLOAD = "workload";
  private static final int WORKLOAD_MAX_BYTES = 4 << 10;

  private SpoolFolder() {}

  /**
   * Makes a folder for one JVM in {@code spool}, which is made as well where it is not there.
   *
   * @throws IOException when it cannot be made, or when another user could change what is in it
   */
  static Path make(Path spool, String name) throws IOException {
    Path parent = spool.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    boolean there = false;
    try {
      create(spool);
    } catch (FileAlreadyExistsException e) {
      there = true;
    }
    if (there && !Files.isDirectory(spool, LinkOption.NOFOLLOW_LINKS)) {
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

  /** A folder of the same user's, and no link. */
  static boolean isOurs(Path folder, Path own) throws IOException {
    return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) && sameOwner(folder, own);
  }

  /** Says whose evidence is in the folder; after it is locked, before there is any. */
  static void sign(Path own, String workload) throws IOException {
    Files.writeString(own.resolve(WORKLOAD), workload, StandardOpenOption.CREATE_NEW);
  }

  /** Whose evidence is in the folder; null where that is not said. */
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

  /** Removes the signature of a folder that is empty but for it. */
  static void unsign(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(WORKLOAD));
  }

  static boolean isSignature(Path file) {
    return file.endsWith(WORKLOAD);
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
      for (PosixFilePermission one :
          Files.getPosixFilePermissions(spool, LinkOption.NOFOLLOW_LINKS)) {
        if (BY_OTHERS.contains(one)) {
          throw new IOException(
              "the spool " + spool + " can be written to by other users: chmod 700, or remove it");
        }
      }
    }
  }

  private static boolean sameOwner(Path one, Path other) throws IOException {
    return !isPosix(one)
        || Files.getAttribute(one, "unix:uid", LinkOption.NOFOLLOW_LINKS)
            .equals(Files.getAttribute(other, "unix:uid", LinkOption.NOFOLLOW_LINKS));
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("unix");
  }
}
