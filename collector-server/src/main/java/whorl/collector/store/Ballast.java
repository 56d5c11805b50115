package whorl.collector.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that does nothing but take room, to be given up when the disk is full: then the collector
 * can still start, and evidence can be purged. It is made again once there is room. Not
 * thread-safe.
 */
public final class Ballast {
  static final long BYTES = 16L << 20;
  static final long GIVEN_UP_BELOW = 8L << 20;
  static final long MADE_ABOVE = (512L << 20) + BYTES;

  private static final Logger LOG = LoggerFactory.getLogger(Ballast.class);
  private static final int PIECE_BYTES = 1 << 20;

  private final Path file;
  private final LongSupplier freeBytes;

  /**
   * @param folder the data folder
   * @param freeBytes what the disk has left
   */
  public Ballast(DataFolder folder, LongSupplier freeBytes) {
    this.file = folder.root().resolve("ballast");
    this.freeBytes = freeBytes;
  }

  /** Gives it up, or makes it again, as there is room. */
  public void look() throws IOException {
    long free = freeBytes.getAsLong();
    if (free < GIVEN_UP_BELOW && Files.deleteIfExists(file)) {
      LOG.warn(
          "the disk is full; {} MiB kept for this moment were given up: purge evidence, or make"
              + " room",
          BYTES >> 20);
    } else if (free > MADE_ABOVE && !Files.exists(file)) {
      make();
    }
  }

  private void make() throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + Disk.TEMPORARY);
    Files.deleteIfExists(fresh);
    // random, since zeros take no room where files are compressed
    Random random = new Random();
    byte[] piece = new byte[PIECE_BYTES];
    try (FileChannel channel = Disk.LOCAL.open(fresh)) {
      for (long at = 0; at < BYTES; at += PIECE_BYTES) {
        random.nextBytes(piece);
        Disk.LOCAL.write(channel, ByteBuffer.wrap(piece), at);
      }
      channel.force(true);
    }
    Disk.LOCAL.move(fresh, file);
  }
}
