package whorl.agent.redact.stream;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import whorl.agent.redact.PrivateKeys;
import whorl.agent.redact.Redactor;

/**
 * Masks the lines of UTF-8 text. A line that is too long to buffer is masked as a whole; a private
 * key of several lines is masked in each of them.
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
      endLine();
      out.write('\n');
    } else {
      append(new byte[] {(byte) b}, 0, 1);
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int end = offset + length;
    int start = offset;
    int lineEnd = lineEnd(bytes, start, end);
    while (lineEnd < end) {
      append(bytes, start, lineEnd - start);
      endLine();
      out.write('\n');
      start = lineEnd + 1;
      lineEnd = lineEnd(bytes, start, end);
    }
    append(bytes, start, end - start);
  }

  /**
   * Returns the end of the line, or {@code end}. A loop of its own, so that the JVM compiles only
   * this for its many iterations.
   */
  private static int lineEnd(byte[] bytes, int from, int end) {
    int at = from;
    while (at < end && bytes[at] != '\n') {
      at++;
    }
    return at;
  }

  /** An incomplete line is not flushed. */
  @Override
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    try (OutputStream closed = out) {
      endLine();
      closed.flush();
    }
  }

  private void append(byte[] bytes, int offset, int length) {
    if (line.size() + length > LINE_MAX_BYTES) {
      tooLong = true;
    } else {
      line.write(bytes, offset, length);
    }
  }

  private void endLine() throws IOException {
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
      // The text before the last tab is the time and thread of a console line.
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
