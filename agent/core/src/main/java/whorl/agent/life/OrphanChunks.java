package whorl.agent.life;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Makes the chunks of a recording readable whose JVM crashed or was killed. The last chunk is
 * unfinished: its header gives the complete size, and marks it as not finished.
 *
 * <pre>
 *   0   magic FLR\0, version     8   size of the chunk, 64 bits, big-endian
 *   64  state: 0 when finished, else the generation that is being written
 * </pre>
 *
 * <p>JDK 25 reads nothing of a chunk that is longer than its header says, or not finished.
 */
final class OrphanChunks {
  private static final int MAGIC = 0x464c5200;
  private static final int STATE_AT = 64;
  private static final int HEADER_BYTES = 68;
  private static final int BLOCK_BYTES = 64 << 10;
  private static final int MAX_CHUNKS = 1_000;

  private record Chunk(Path file, long bytes) {}

  private OrphanChunks() {}

  /**
   * Writes the chunks one after the other, which makes a valid recording.
   *
   * @param maxBytes limit; the newest chunks that fit are written
   * @return the number of bytes written
   */
  static long copy(Path folder, long maxBytes, OutputStream out) throws IOException {
    long copied = 0;
    for (Chunk chunk : chunks(folder, maxBytes)) {
      copied += copy(chunk, out);
    }
    return copied;
  }

  /** True if there is anything to {@link #copy}. */
  static boolean any(Path folder, long maxBytes) {
    try {
      return !chunks(folder, maxBytes).isEmpty();
    } catch (IOException gone) {
      return false;
    }
  }

  /** Returns the newest chunks in the order in which they were written: their names are times. */
  private static List<Chunk> chunks(Path folder, long maxBytes) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.jfr")) {
      for (Path file : found) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && files.size() < MAX_CHUNKS) {
          files.add(file);
        }
      }
    }
    files.sort(Collections.reverseOrder());
    List<Chunk> chunks = new ArrayList<>();
    long remaining = maxBytes;
    for (Path file : files) {
      long bytes = readableBytes(file);
      if (bytes > remaining) {
        break;
      }
      if (bytes > 0) {
        chunks.add(new Chunk(file, bytes));
        remaining -= bytes;
      }
    }
    Collections.reverse(chunks);
    return chunks;
  }

  /** Returns the number of readable bytes; 0 if it is no chunk, or has no complete part yet. */
  private static long readableBytes(Path file) throws IOException {
    long length = Files.size(file);
    if (length < HEADER_BYTES) {
      return 0;
    }
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      if (in.readInt() != MAGIC) {
        return 0;
      }
      in.readInt();
      long size = in.readLong();
      return size >= HEADER_BYTES && size <= length ? size : 0;
    }
  }

  private static long copy(Chunk chunk, OutputStream out) throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    long at = 0;
    try (InputStream in = Files.newInputStream(chunk.file())) {
      while (at < chunk.bytes()) {
        int n = in.readNBytes(block, 0, (int) Math.min(block.length, chunk.bytes() - at));
        if (n == 0) {
          throw new IOException(chunk.file() + " is shorter than it was");
        }
        if (at == 0) {
          block[STATE_AT] = 0;
        }
        out.write(block, 0, n);
        at += n;
      }
    }
    return at;
  }
}
