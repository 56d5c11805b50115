package whorl.agent.library;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A part of a file: a jar, or a jar stored in another one. Nothing of it is held but one buffer of
 * each stream.
 *
 * @param file open; positions of the channel itself are not used
 */
record Region(FileChannel file, long start, long length, Pace pace) {
  private static final int BUFFER_BYTES = 64 << 10;

  /** A part of this one; {@code at} counts from its beginning. */
  Region part(long at, long bytes) throws IOException {
    if (at < 0 || bytes < 0 || at > length - bytes) {
      throw new EOFException("the jar ends before what it lists");
    }
    return new Region(file, start + at, bytes, pace);
  }

  /** Reads at this position; fewer bytes only at the end. */
  byte[] bytes(long at, int count) throws IOException {
    byte[] bytes = new byte[(int) Math.max(0, Math.min(count, length - at))];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      if (file.read(buffer, start + at + buffer.position()) < 0) {
        throw new EOFException("the file became shorter while it was read");
      }
    }
    pace.worked(bytes.length);
    return bytes;
  }

  /** Reads from the beginning to the end. */
  InputStream stream() {
    return new RegionStream(this);
  }

  private static final class RegionStream extends InputStream {
    private final Region region;
    private byte[] buffer = {};
    private int next;
    private long position;

    RegionStream(Region region) {
      this.region = region;
    }

    private boolean fill() throws IOException {
      if (next < buffer.length) {
        return true;
      }
      buffer = region.bytes(position, BUFFER_BYTES);
      position += buffer.length;
      next = 0;
      return buffer.length > 0;
    }

    @Override
    public int read() throws IOException {
      return fill() ? buffer[next++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
      if (count == 0) {
        return 0;
      }
      if (!fill()) {
        return -1;
      }
      int copied = Math.min(count, buffer.length - next);
      System.arraycopy(buffer, next, into, offset, copied);
      next += copied;
      return copied;
    }
  }
}
