package whorl.collector.offline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A temporary folder that only its owner can read, and that is deleted at the end. While its
 * process lives it is locked; the next one deletes those that killed processes left.
 */
public final class PrivateFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PrivateFolder.class);
  private static final String PREFIX = "whorl-open-";
  private static final String LOCK = "lock";

  /** A younger one may not be locked yet. */
  private static final Duration MIN_AGE = Duration.ofSeconds(30);

  private final Path path;
  private final FileChannel lock;

  private PrivateFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Makes one, after those that were left are deleted.
   *
   * @param parent such as the folder for temporary files
   */
  public static PrivateFolder open(Path parent) throws IOException {
    Path path = Files.createTempDirectory(parent, PREFIX);
    sweep(parent, Files.getOwner(path), Instant.now().minus(MIN_AGE));
    FileChannel lock =
        FileChannel.open(
            path.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    if (lock.tryLock() == null) {
      lock.close();
      throw new IOException("cannot lock " + path.resolve(LOCK));
    }
    return new PrivateFolder(path, lock);
  }

  /**
   * Deletes folders of this owner's processes that ended without deleting them. One of somebody
   * else in a shared folder is a trap: its owner could put a link in place of what is deleted.
   */
  static void sweep(Path parent, UserPrincipal owner, Instant before) {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path folder : folders) {
        if (isOf(folder, owner) && isLeft(folder, before)) {
          delete(folder);
          LOG.info("deleted {}, which an earlier run left", folder);
        }
      }
    } catch (IOException | UncheckedIOException unreadable) {
      LOG.debug("{} was not looked through for what earlier runs left", parent, unreadable);
    }
  }

  private static boolean isOf(Path folder, UserPrincipal owner) throws IOException {
    return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
        && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(owner);
  }

  private static boolean isLeft(Path folder, Instant before) throws IOException {
    Path file = folder.resolve(LOCK);
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
        || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        || !Files.isWritable(file)
        || Files.getLastModifiedTime(file).toInstant().isAfter(before)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      FileLock free = channel.tryLock();
      return free != null;
    } catch (OverlappingFileLockException ofThisProcess) {
      return false;
    }
  }

  public Path path() {
    return path;
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      LOG.debug("the lock of {} is not released", path, e);
    }
    delete(path);
  }

  /** Links are deleted and not followed. */
  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("{} is not deleted completely; delete it", folder, e);
    }
  }
}
