package whorl.collector.store.disk;

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
 * A file that only reserves space. It is deleted when the disk is full, so that the collector can
 * still start and evidence can be purged; it is created again once there is room. Not thread-safe.
 */
public final class Ballast {
  static final long BYTES = 16L << 20;
  static final long DELETE_BELOW = 8L << 20;
  static final long CREATE_ABOVE = (512L << 20) + BYTES;

  private static final Logger LOG = LoggerFactory.getLogger(Ballast.class);
  private static final int PIECE_BYTES = 1 << 20;

  private final Path file;
  private final LongSupplier freeBytes;

  /**
   * @param folder the data folder
   * @param freeBytes returns the free space on the disk
   */
  public Ballast(DataFolder folder, LongSupplier freeBytes) {
    this.file = folder.root().resolve("ballast");
    this.freeBytes = freeBytes;
  }

  /** Deletes or creates the file according to the free space. */
  public void look() throws IOException {
    long free = freeBytes.getAsLong();
    if (free < DELETE_BELOW && Files.deleteIfExists(file)) {
      LOG.warn(
          "the disk is full; the {} MiB reserved for this case were released: purge evidence, or"
              + " make room",
          BYTES >> 20);
    } else if (free > CREATE_ABOVE && !Files.exists(file)) {
      create();
    }
  }

  private void create() throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + Disk.TEMPORARY);
    Files.deleteIfExists(temporary);
    // Random bytes, because zeros take no room on a compressing file system.
    Random random = new Random();
    byte[] piece = new byte[PIECE_BYTES];
    try (FileChannel channel = Disk.LOCAL.open(temporary)) {
      for (long at = 0; at < BYTES; at += PIECE_BYTES) {
        random.nextBytes(piece);
        Disk.LOCAL.write(channel, ByteBuffer.wrap(piece), at);
      }
      channel.force(true);
    }
    Disk.LOCAL.move(temporary, file);
  }
}
