package whorl.collector.store.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * Counts the attempts at one piece of evidence that began and did not end, so that evidence that
 * crashes the collector each time is given up at last, and then tried once a day: what kept it from
 * its end may be over. The count is the size of a file in bytes.
 */
public final class Tries {
  /** The number of attempts after which it is given up. */
  public static final int MAX = 3;

  private static final Duration AGAIN = Duration.ofDays(1);

  private final Disk disk;
  private final Path folder;
  private final String file;

  /**
   * @param folder of the evidence on this machine
   * @param file the count file's name in {@code folder}
   */
  public Tries(Disk disk, Path folder, String file) {
    this.disk = disk;
    this.folder = folder;
    this.file = file;
  }

  /**
   * Counts an attempt that begins.
   *
   * @return the number of attempts, this one included; more than {@link #MAX} if it must not begin
   */
  public int begins() throws IOException {
    Path countFile = folder.resolve(file);
    int count = Files.exists(countFile) ? (int) Math.min(MAX, Files.size(countFile)) : 0;
    if (count == MAX) {
      Instant last = Files.getLastModifiedTime(countFile).toInstant();
      if (last.isAfter(Instant.now().minus(AGAIN))) {
        return MAX + 1;
      }
      count = MAX - 1;
    }
    if (!Files.isDirectory(folder)) {
      disk.createFolders(folder); // evidence in an object store has no folder of its own here
    }
    disk.replace(folder, file, new byte[count + 1]);
    return count + 1;
  }

  /** Ends the attempts, successful or not: deletes the count. */
  public void ended() throws IOException {
    disk.delete(folder.resolve(file));
  }
}
