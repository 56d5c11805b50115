package whorl.collector.timeline.read.rows;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import whorl.evidence.Digest;

/**
 * Stores each distinct stack once, in a file:
 *
 * <pre>
 * int64  id, the first eight bytes of the SHA-256 of the frames; never 0
 * int32  length in bytes
 * bytes  frames in UTF-8, innermost first, one per line
 * </pre>
 *
 * Thread-safe.
 */
public final class StackFile implements Closeable {
  private static final int STACKS_MAX = 1_000_000;

  private final Set<Long> known = new HashSet<>();
  private final DataOutputStream file;
  private long leftBytes;
  private long dropped;

  /**
   * @param maxBytes of all stacks
   */
  public StackFile(Path file, long maxBytes) throws IOException {
    this.leftBytes = maxBytes;
    this.file =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16));
  }

  /**
   * Stores a stack unless it is known.
   *
   * @return its id; 0 if there is no more room
   */
  public long keep(String frames) throws IOException {
    return keep(frames.getBytes(StandardCharsets.UTF_8));
  }

  /** As {@link #keep(String)}, in UTF-8. */
  public long keep(byte[] utf8) throws IOException {
    long id = id(utf8);
    synchronized (this) {
      if (known.contains(id)) {
        return id;
      }
      if (known.size() >= STACKS_MAX || utf8.length > leftBytes) {
        dropped++;
        return 0;
      }
      known.add(id);
      leftBytes -= utf8.length;
      file.writeLong(id);
      file.writeInt(utf8.length);
      file.write(utf8);
    }
    return id;
  }

  /** The number of rows without a stack for lack of room. */
  public synchronized long dropped() {
    return dropped;
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }

  private static long id(byte[] frames) {
    byte[] digest = Digest.of(frames).bytes();
    long id = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      id = (id << 8) | (digest[i] & 0xFF);
    }
    return id == 0 ? 1 : id;
  }
}
