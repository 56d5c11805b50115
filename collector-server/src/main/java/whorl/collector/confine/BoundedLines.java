package whorl.collector.confine;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/** Splits a stream of UTF-8 into lines, none longer than it may be. */
final class BoundedLines {
  /** Ends the reading. */
  static final class FloodedException extends IOException {
    private static final long serialVersionUID = 1;
  }

  private final int lineMaxChars;
  private final long maxBytes;
  private final LineConsumer lines;
  private final StringBuilder line = new StringBuilder();

  BoundedLines(int lineMaxChars, long maxBytes, LineConsumer lines) {
    this.lineMaxChars = lineMaxChars;
    this.maxBytes = maxBytes;
    this.lines = lines;
  }

  /**
   * Reads to the end.
   *
   * @throws FloodedException when there is more than there may be
   */
  void read(InputStream in) throws IOException {
    Reader reader = new InputStreamReader(new Counted(in, maxBytes), StandardCharsets.UTF_8);
    char[] buffer = new char[8192];
    for (int n = reader.read(buffer); n >= 0; n = reader.read(buffer)) {
      for (int i = 0; i < n; i++) {
        take(buffer[i]);
      }
    }
    if (line.length() > 0) {
      emit();
    }
  }

  private void take(char c) throws IOException {
    if (c == '\n') {
      emit();
    } else if (line.length() < lineMaxChars) {
      line.append(c);
    }
  }

  private void emit() throws IOException {
    String text = line.toString();
    line.setLength(0);
    lines.line(text);
  }

  /** Throws when more comes than may. */
  private static final class Counted extends InputStream {
    private final InputStream in;
    private long left;

    Counted(InputStream in, long maxBytes) {
      this.in = in;
      this.left = maxBytes;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = in.read(buffer, offset, length);
      left -= Math.max(0, n);
      if (left < 0) {
        throw new FloodedException();
      }
      return n;
    }
  }
}
