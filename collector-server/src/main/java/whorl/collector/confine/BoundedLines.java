package whorl.collector.confine;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/** Splits a UTF-8 stream into lines of bounded length. */
final class BoundedLines {
  /** The stream has more bytes than allowed. */
  static final class FloodedException extends IOException {
    private static final long serialVersionUID = 1;
  }

  private final int lineMaxChars;
  private final long maxBytes;
  private final LineConsumer consumer;
  private final StringBuilder line = new StringBuilder();

  BoundedLines(int lineMaxChars, long maxBytes, LineConsumer consumer) {
    this.lineMaxChars = lineMaxChars;
    this.maxBytes = maxBytes;
    this.consumer = consumer;
  }

  /**
   * Reads to the end.
   *
   * @throws FloodedException when the stream has more bytes than allowed
   */
  void read(InputStream in) throws IOException {
    Reader reader = new InputStreamReader(new CountedStream(in, maxBytes), StandardCharsets.UTF_8);
    char[] buffer = new char[8192];
    for (int n = reader.read(buffer); n >= 0; n = reader.read(buffer)) {
      for (int i = 0; i < n; i++) {
        append(buffer[i]);
      }
    }
    if (line.length() > 0) {
      emit();
    }
  }

  private void append(char c) throws IOException {
    if (c == '\n') {
      emit();
    } else if (line.length() < lineMaxChars) {
      line.append(c);
    }
  }

  private void emit() throws IOException {
    String text = line.toString();
    line.setLength(0);
    consumer.line(text);
  }

  /** Throws if the stream has more bytes than allowed. */
  private static final class CountedStream extends InputStream {
    private final InputStream in;
    private long bytesLeft;

    CountedStream(InputStream in, long maxBytes) {
      this.in = in;
      this.bytesLeft = maxBytes;
    }

    @Override
    public int read() throws IOException {
      byte[] buffer = new byte[1];
      return read(buffer, 0, 1) < 0 ? -1 : buffer[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = in.read(buffer, offset, length);
      bytesLeft -= Math.max(0, n);
      if (bytesLeft < 0) {
        throw new FloodedException();
      }
      return n;
    }
  }
}
