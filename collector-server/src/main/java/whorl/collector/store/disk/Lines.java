package whorl.collector.store.disk;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Lines of bytes with a length limit, so that a file without line feeds cannot fill the memory. */
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

  /** The next line without its line feed, cut at the limit ({@link #cut}); null at the end. */
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

  /** The number of the last line, counted from 1. */
  public long number() {
    return number;
  }

  /** The bytes of all lines so far, including line feeds. */
  public long offset() {
    return offset;
  }

  /** True if the last line ended with a line feed. */
  public boolean ended() {
    return ended;
  }

  /** True if the last line was longer than allowed. */
  public boolean cut() {
    return cut;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
