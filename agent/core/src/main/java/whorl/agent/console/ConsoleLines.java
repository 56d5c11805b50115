package whorl.agent.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes lines of writes: what one thread writes to one stream piece by piece is one line, though
 * others write in between. A line comes when it is complete, in the order of their ends; one that
 * is longer than 8 KiB is cut. Not for several threads.
 */
public final class ConsoleLines {
  static final int LINE_MAX_BYTES = 8 << 10;
  private static final int OPEN_MAX = 1024;

  /** Takes a line. */
  @FunctionalInterface
  public interface Sink {
    /**
     * One line.
     *
     * @param epochNanos when its first piece was written
     * @param leftOut how many of its bytes are not among {@code text}
     */
    void line(boolean err, long epochNanos, String thread, String text, long leftOut)
        throws IOException;
  }

  private record Writer(boolean err, String thread, int identity) {}

  private static final class Open {
    private final long epochNanos;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long leftOut;

    Open(long epochNanos) {
      this.epochNanos = epochNanos;
    }

    void add(byte[] piece, int from, int to) {
      int length = Math.min(to - from, LINE_MAX_BYTES - bytes.size());
      bytes.write(piece, from, length);
      leftOut += to - from - length;
    }
  }

  private final Charset otherwise;
  private final Sink sink;
  private final Map<Writer, Open> open = new LinkedHashMap<>();

  /**
   * @param otherwise how to read what is no UTF-8
   */
  public ConsoleLines(Charset otherwise, Sink sink) {
    this.otherwise = otherwise;
    this.sink = sink;
  }

  /** The next write. */
  public void add(Written written) throws IOException {
    Writer writer = new Writer(written.err(), written.thread(), written.threadIdentity());
    byte[] bytes = written.bytes();
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        Open line = open.remove(writer);
        line = line == null ? new Open(written.epochNanos()) : line;
        line.add(bytes, start, i);
        tell(writer, line);
        start = i + 1;
      }
    }
    if (start < bytes.length || written.leftOut() > 0) {
      Open line = open.computeIfAbsent(writer, any -> new Open(written.epochNanos()));
      line.add(bytes, start, bytes.length);
      line.leftOut += written.leftOut();
      if (open.size() > OPEN_MAX) {
        Iterator<Map.Entry<Writer, Open>> oldest = open.entrySet().iterator();
        Map.Entry<Writer, Open> first = oldest.next();
        oldest.remove();
        tell(first.getKey(), first.getValue());
      }
    }
  }

  /** No more comes: lines without an end are lines too. */
  public void end() throws IOException {
    for (Map.Entry<Writer, Open> line : open.entrySet()) {
      tell(line.getKey(), line.getValue());
    }
    open.clear();
  }

  /** What the bytes say: UTF-8 if they are that, since loggers choose for themselves. */
  public static String text(byte[] bytes, int length, Charset otherwise) {
    int end = length > 0 && bytes[length - 1] == '\r' ? length - 1 : length;
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, end)).toString();
    } catch (CharacterCodingException notUtf8) {
      return new String(bytes, 0, end, otherwise);
    }
  }

  private void tell(Writer writer, Open line) throws IOException {
    byte[] bytes = line.bytes.toByteArray();
    sink.line(
        writer.err(),
        line.epochNanos,
        writer.thread(),
        text(bytes, bytes.length, otherwise),
        line.leftOut);
  }
}
