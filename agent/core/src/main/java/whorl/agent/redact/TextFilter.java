package whorl.agent.redact;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Masks the lines of UTF-8 that are written into it. A line that is too long to be held is masked
 * as a whole; a private key that goes over several lines is masked in each of them.
 */
final class TextFilter extends OutputStream {
  private static final int LINE_MAX_BYTES = 256 * 1024;
  private static final int KEY_MAX_LINES = 200;

  private final Redactor redactor;
  private final OutputStream out;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean tooLong;
  private int keyLines;

  TextFilter(Redactor redactor, OutputStream out) {
    this.redactor = redactor;
    this.out = out;
  }

  @Override
  public void write(int b) throws IOException {
    if (b == '\n') {
      end();
      out.write('\n');
    } else {
      take(new byte[] {(byte) b}, 0, 1);
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int end = offset + length;
    int start = offset;
    int lineEnd = lineEnd(bytes, start, end);
    while (lineEnd < end) {
      take(bytes, start, lineEnd - start);
      end();
      out.write('\n');
      start = lineEnd + 1;
      lineEnd = lineEnd(bytes, start, end);
    }
    take(bytes, start, end - start);
  }

  /**
   * Where the line ends, or {@code end}. A loop of its own, so that the JVM compiles no more than
   * this for its many turns.
   */
  private static int lineEnd(byte[] bytes, int from, int end) {
    int at = from;
    while (at < end && bytes[at] != '\n') {
      at++;
    }
    return at;
  }

  /** What is no whole line yet waits. */
  @Override
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    try (OutputStream closed = out) {
      end();
      closed.flush();
    }
  }

  private void take(byte[] bytes, int offset, int length) {
    if (line.size() + length > LINE_MAX_BYTES) {
      tooLong = true;
    } else {
      line.write(bytes, offset, length);
    }
  }

  private void end() throws IOException {
    if (tooLong) {
      out.write(Redactor.MASK.getBytes(StandardCharsets.UTF_8));
    } else if (line.size() > 0) {
      out.write(shown(line.toString(StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8));
    }
    line.reset();
    tooLong = false;
  }

  private String shown(String text) {
    if (keyLines > 0) {
      // What is before the last tab is the time and the thread of a line of the console.
      int start = text.lastIndexOf('\t') + 1;
      boolean end = text.contains(PrivateKeys.END);
      boolean body = !end && PrivateKeys.isBody(text.substring(start));
      keyLines = body ? keyLines - 1 : 0;
      if (body || end) {
        return text.substring(0, start) + Redactor.MASK;
      }
    }
    if (PrivateKeys.opens(text)) {
      keyLines = KEY_MAX_LINES;
    }
    return redactor.text(text);
  }
}
