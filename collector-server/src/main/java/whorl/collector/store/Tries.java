package whorl.collector.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How often something was begun for one piece of evidence and not ended, so that evidence which
 * ends the collector each time is given up at last. Kept in a file of as many bytes.
 */
public final class Tries {
  /** Then it is given up. */
  public static final int MAX = 3;

  private static final int MANY = 1_000;

  private final Disk disk;
  private final Path folder;
  private final String file;

  /**
   * @param folder of the evidence, which is there
   * @param file its name there
   */
  public Tries(Disk disk, Path folder, String file) {
    this.disk = disk;
    this.folder = folder;
    this.file = file;
  }

  /**
   * Notes that it begins.
   *
   * @return how often it has begun, this time included
   */
  public int begins() throws IOException {
    Path noted = folder.resolve(file);
    int before = Files.exists(noted) ? (int) Math.min(MANY, Files.size(noted)) : 0;
    disk.replace(folder, file, new byte[before + 1]);
    return before + 1;
  }

  /** It has ended, well or not: nothing is noted any more. */
  public void ended() throws IOException {
    disk.delete(folder.resolve(file));
  }
}
