package whorl.collector.store;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Lines of bytes, each bounded, so that a file without line feeds can't fill the memory. */
public final class Lines implements AutoCloseable {
  private final InputStream in;
  private final int lineMaxBytes;
  private long number;
  private long offset;
  private boolean ended = true;
  private boolean cut;

  public Lines(InputStream in, int lineMaxBytes) {
    this.in = new BufferedInputStream(in, 1 << 16);
    this.lineMaxBytes = lineMaxBytes;
  }

  /** The next line without its line feed, {@link #cut} where it is too long; null at the end. */
  public byte @Nullable [] next() throws IOException {
    int b = in.read();
    if (b < 0) {
      return null;
    }
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    number++;
    cut = false;
    while (b >= 0 && b != '\n') {
      if (line.size() < lineMaxBytes) {
        line.write(b);
      } else {
        cut = true;
      }
      offset++;
      b = in.read();
    }
    ended = b == '\n';
    offset += ended ? 1 : 0;
    return line.toByteArray();
  }

  /** Of the line given last, from 1. */
  public long number() {
    return number;
  }

  /** Bytes of all lines given so far, line feeds included. */
  public long offset() {
    return offset;
  }

  /** Whether the line given last ended with a line feed. */
  public boolean ended() {
    return ended;
  }

  /** Whether the line given last was longer than allowed. */
  public boolean cut() {
    return cut;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
