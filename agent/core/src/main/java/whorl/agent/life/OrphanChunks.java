package whorl.agent.life;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import whorl.agent.redact.jfr.MaskedRecording;

/**
 * Finds the chunks of a recording whose JVM crashed or was killed. The last one is unfinished: its
 * header gives the size of what is complete.
 *
 * <pre>
 *   0  magic FLR\0, version    8  size of the chunk, 64 bits, big-endian
 *  24  position of the metadata; 0 before any is complete
 * </pre>
 */
final class OrphanChunks {
  private static final int MAGIC = 0x464c5200;
  private static final int HEADER_BYTES = 68;
  private static final int MAX_CHUNKS = 1_000;

  private OrphanChunks() {}

  /**
   * A chunk at the beginning of a file; what is after it is not read.
   *
   * @param bytes its size
   */
  record Chunk(Path file, long bytes) implements MaskedRecording.Source {
    @Override
    public InputStream open() throws IOException {
      return new FirstBytes(Files.newInputStream(file), bytes);
    }
  }

  /**
   * Returns the newest chunks that can be read, in the order in which they were written: their
   * names are times.
   *
   * @param maxBytes what they have together at most
   * @throws IOException if the folder cannot be read, or is gone
   */
  static List<Chunk> newest(Path folder, long maxBytes) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.jfr")) {
      for (Path file : found) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && files.size() < MAX_CHUNKS) {
          files.add(file);
        }
      }
    } catch (DirectoryIteratorException broken) {
      throw broken.getCause();
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
      in.readLong();
      long metadata = in.readLong();
      return metadata != 0 && size >= HEADER_BYTES && size <= length ? size : 0;
    }
  }
}
