package whorl.agent.life;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.hook.weave.ThreadState;

/**
 * The marker of a running JVM, {@code whorl-life-<agent>.properties}. The JVM holds a lock on it
 * and removes it when it ends normally. A marker without a lock belongs to a JVM that crashed or
 * was killed.
 */
final class RunMarker {
  private static final Logger log = LoggerFactory.getLogger(RunMarker.class);
  private static final String PREFIX = "whorl-life-";
  private static final String SUFFIX = ".properties";
  private static final int MAX_BYTES = 64 << 10;
  private static final int MAX_MARKERS = 256;
  private static final Duration NEW_AGE = Duration.ofMinutes(1);
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path file;
  private final FileChannel channel;

  private RunMarker(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Creates the marker of this JVM.
   *
   * @throws IOException if it cannot be created in the folder
   */
  static RunMarker create(Path folder, String agent, RunRecord runRecord) throws IOException {
    Path file = folder.resolve(PREFIX + agent + SUFFIX);
    FileChannel channel =
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ONLY);
    RunMarker marker = new RunMarker(file, channel);
    try {
      if (channel.tryLock() == null) {
        throw new IOException(file + " is held by another JVM");
      }
      marker.write(runRecord);
      return marker;
    } catch (IOException e) {
      marker.remove();
      throw e;
    }
  }

  /**
   * Rewrites the marker.
   *
   * @throws IOException if that fails, or the application's time zone does
   */
  void write(RunRecord runRecord) throws IOException {
    ByteBuffer buffer;
    try {
      buffer = ByteBuffer.wrap(ThreadState.observed(() -> bytes(runRecord)));
    } catch (RuntimeException | Error failure) {
      throw new IOException("the marker has no date: " + failure.getClass().getName());
    }
    channel.truncate(0);
    for (long at = 0; buffer.hasRemaining(); at += channel.write(buffer, at)) {
      continue;
    }
  }

  /** The JDK writes the date, by the default time zone, whose class may be the application's. */
  private static byte[] bytes(RunRecord runRecord) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      runRecord.toProperties().store(bytes, null);
    } catch (IOException inMemory) {
      throw new UncheckedIOException(inMemory);
    }
    return bytes.toByteArray();
  }

  /**
   * Removes the marker when this JVM ends normally. Under a security manager, which may be the
   * application's, the marker is only emptied: that needs no permission, and the next JVM removes
   * it.
   */
  @SuppressWarnings("removal") // security managers exist until Java 23
  void remove() {
    try {
      if (System.getSecurityManager() == null) {
        Files.deleteIfExists(file);
      } else {
        channel.truncate(0);
      }
      channel.close();
    } catch (IOException e) {
      log.warn("cannot remove {}: {}", file, e.toString());
    }
  }

  /**
   * Takes the markers of JVMs that did not end normally, so that each is reported to one JVM only.
   */
  static List<RunRecord> takeOrphaned(Path folder, String workload) {
    List<RunRecord> orphaned = new ArrayList<>();
    int examined = 0;
    try (DirectoryStream<Path> markers = Files.newDirectoryStream(folder, PREFIX + "*" + SUFFIX)) {
      for (Path marker : markers) {
        if (examined++ == MAX_MARKERS) {
          break;
        }
        RunRecord runRecord = takeOrNull(marker, workload);
        if (runRecord != null) {
          orphaned.add(runRecord);
        }
      }
    } catch (IOException | RuntimeException e) {
      log.debug("cannot list the markers in {}", folder, e);
    }
    return orphaned;
  }

  /** Another JVM may take it at the same moment; the markers after it are still read. */
  private static @Nullable RunRecord takeOrNull(Path marker, String workload) {
    try {
      return takeIfOrphaned(marker, workload);
    } catch (IOException | RuntimeException e) {
      log.debug("cannot read the marker {}", marker, e);
      return null;
    }
  }

  /** A new empty marker may be about to be locked and written. */
  private static boolean isOld(Path marker) throws IOException {
    return Files.getLastModifiedTime(marker, LinkOption.NOFOLLOW_LINKS)
        .toInstant()
        .isBefore(Instant.now().minus(NEW_AGE));
  }

  private static @Nullable RunRecord takeIfOrphaned(Path marker, String workload)
      throws IOException {
    Path folder = marker.getParent();
    if (folder == null
        || !Files.isRegularFile(marker, LinkOption.NOFOLLOW_LINKS)
        || !Files.getOwner(marker, LinkOption.NOFOLLOW_LINKS)
            .getName()
            .equals(Files.getOwner(Path.of("/proc/self")).getName())
        || Files.size(marker) > MAX_BYTES) {
      return null;
    }
    try (FileChannel channel =
        FileChannel.open(
            marker, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      try (FileLock lock = channel.tryLock()) {
        if (lock == null) {
          return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(MAX_BYTES, channel.size()));
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
          continue;
        }
        if (bytes.position() == 0 && isOld(marker)) {
          Files.delete(marker);
          return null;
        }
        Properties properties = new Properties();
        properties.load(new ByteArrayInputStream(bytes.array(), 0, bytes.position()));
        RunRecord runRecord = RunRecord.of(properties);
        if (runRecord == null || !runRecord.workload().equals(workload)) {
          return null;
        }
        Files.delete(marker);
        return runRecord;
      }
    } catch (OverlappingFileLockException ownMarker) {
      return null;
    }
  }
}
