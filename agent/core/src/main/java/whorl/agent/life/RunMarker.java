package whorl.agent.life;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
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

/**
 * The mark of a JVM that lives, {@code whorl-life-<agent>.properties}, which it holds a lock on and
 * removes when it ends in good order. A mark without its lock is of one that was cut off.
 */
final class RunMarker {
  private static final Logger log = LoggerFactory.getLogger(RunMarker.class);
  private static final String PREFIX = "whorl-life-";
  private static final String ENDING = ".properties";
  private static final int MAX_BYTES = 64 << 10;
  private static final int MAX_MARKS = 256;
  private static final Duration NEW = Duration.ofMinutes(1);
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path file;
  private final FileChannel channel;

  private RunMarker(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Sets the mark of this JVM.
   *
   * @throws IOException when the folder does not take it
   */
  static RunMarker set(Path folder, String agent, RunRecord runRecord) throws IOException {
    Path file = folder.resolve(PREFIX + agent + ENDING);
    FileChannel channel =
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ONLY);
    RunMarker mark = new RunMarker(file, channel);
    try {
      if (channel.tryLock() == null) {
        throw new IOException(file + " is held by another JVM");
      }
      mark.write(runRecord);
      return mark;
    } catch (IOException e) {
      mark.remove();
      throw e;
    }
  }

  /** Writes it anew. */
  void write(RunRecord runRecord) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    runRecord.toProperties().store(bytes, null);
    ByteBuffer buffer = ByteBuffer.wrap(bytes.toByteArray());
    channel.truncate(0);
    for (long at = 0; buffer.hasRemaining(); at += channel.write(buffer, at)) {
      continue;
    }
  }

  /**
   * This JVM ends as it should. Where there is a security manager, which may be the application's,
   * the mark is only emptied: that is not asked about, and the next JVM removes it.
   */
  @SuppressWarnings("removal") // there is one until Java 23
  void remove() {
    try {
      if (System.getSecurityManager() == null) {
        Files.deleteIfExists(file);
      } else {
        channel.truncate(0);
      }
      channel.close();
    } catch (IOException e) {
      log.warn("{} stays behind: {}", file, e.toString());
    }
  }

  /** Takes the marks of lives that were cut off: each is told to one JVM only. */
  static List<RunRecord> takeLeft(Path folder, String workload) {
    List<RunRecord> left = new ArrayList<>();
    int looked = 0;
    try (DirectoryStream<Path> marks = Files.newDirectoryStream(folder, PREFIX + "*" + ENDING)) {
      for (Path mark : marks) {
        RunRecord runRecord = looked++ < MAX_MARKS ? takeIfLeft(mark, workload) : null;
        if (runRecord != null) {
          left.add(runRecord);
        }
      }
    } catch (IOException | RuntimeException e) {
      log.debug("marks in {} cannot be listed", folder, e);
    }
    return left;
  }

  /** An empty mark that is new may be about to be locked and written. */
  private static boolean isOld(Path mark) throws IOException {
    return Files.getLastModifiedTime(mark, LinkOption.NOFOLLOW_LINKS)
        .toInstant()
        .isBefore(Instant.now().minus(NEW));
  }

  private static @Nullable RunRecord takeIfLeft(Path mark, String workload) throws IOException {
    Path folder = mark.getParent();
    if (folder == null
        || !Files.isRegularFile(mark, LinkOption.NOFOLLOW_LINKS)
        || !Files.getOwner(mark, LinkOption.NOFOLLOW_LINKS)
            .getName()
            .equals(Files.getOwner(Path.of("/proc/self")).getName())
        || Files.size(mark) > MAX_BYTES) {
      return null;
    }
    try (FileChannel channel =
        FileChannel.open(
            mark, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      try (FileLock lock = channel.tryLock()) {
        if (lock == null) {
          return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(MAX_BYTES, channel.size()));
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
          continue;
        }
        if (bytes.position() == 0 && isOld(mark)) {
          Files.delete(mark);
          return null;
        }
        Properties properties = new Properties();
        properties.load(new ByteArrayInputStream(bytes.array(), 0, bytes.position()));
        RunRecord runRecord = RunRecord.of(properties);
        if (runRecord == null || !runRecord.workload().equals(workload)) {
          return null;
        }
        Files.delete(mark);
        return runRecord;
      }
    } catch (OverlappingFileLockException itsOwn) {
      return null;
    }
  }
}
