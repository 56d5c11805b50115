package whorl.agent.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes lines of writes: what one thread writes to one stream piece by piece is one line, though
 * others write in between. A line comes when it is complete, in the order of their ends; one that
 * is longer than 8 KiB is cut. What follows a piece that is lacking is left out to the end of its
 * line: there may be a secret in it whose name is gone. Not for several threads.
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

  private static final class Open {
    private final long epochNanos;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long leftOut;
    private boolean lacksPiece;

    Open(long epochNanos) {
      this.epochNanos = epochNanos;
    }

    void add(byte[] piece, int from, int to) {
      int length =
          leftOut > 0 || lacksPiece ? 0 : Math.min(to - from, LINE_MAX_BYTES - bytes.size());
      bytes.write(piece, from, length);
      leftOut += to - from - length;
    }
  }

  private final Charset otherwise;
  private final ConsoleRing ring;
  private final Sink sink;
  private final Map<ConsoleWrite.Writer, Open> open = new LinkedHashMap<>();

  /** As many as there are writers in a ring. */
  private final Map<ConsoleWrite.Writer, ConsoleWrite> last = new HashMap<>();

  /**
   * @param otherwise how to read what is no UTF-8
   * @param ring from which the writes come, and which knows what was dropped between them
   */
  public ConsoleLines(Charset otherwise, ConsoleRing ring, Sink sink) {
    this.otherwise = otherwise;
    this.ring = ring;
    this.sink = sink;
  }

  /** The next write. */
  public void add(ConsoleWrite consoleWrite) throws IOException {
    ConsoleWrite.Writer writer = consoleWrite.writer();
    byte[] bytes = consoleWrite.bytes();
    if (ring.lacksPiece(last.put(writer, consoleWrite), consoleWrite)) {
      open.computeIfAbsent(writer, any -> new Open(consoleWrite.epochNanos())).lacksPiece = true;
    }
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        Open line = open.remove(writer);
        line = line == null ? new Open(consoleWrite.epochNanos()) : line;
        line.add(bytes, start, i);
        tell(writer, line);
        start = i + 1;
      }
    }
    if (start < bytes.length || consoleWrite.leftOut() > 0) {
      Open line = open.computeIfAbsent(writer, any -> new Open(consoleWrite.epochNanos()));
      line.add(bytes, start, bytes.length);
      line.leftOut += consoleWrite.leftOut();
      if (consoleWrite.endsLine()) {
        open.remove(writer);
        tell(writer, line);
      }
      if (open.size() > OPEN_MAX) {
        Iterator<Map.Entry<ConsoleWrite.Writer, Open>> oldest = open.entrySet().iterator();
        Map.Entry<ConsoleWrite.Writer, Open> first = oldest.next();
        oldest.remove();
        tell(first.getKey(), first.getValue());
      }
    }
  }

  /** No more comes: lines without an end are lines too. */
  public void end() throws IOException {
    for (Map.Entry<ConsoleWrite.Writer, Open> line : open.entrySet()) {
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

  private void tell(ConsoleWrite.Writer writer, Open line) throws IOException {
    byte[] bytes = line.bytes.toByteArray();
    sink.line(
        writer.err(),
        line.epochNanos,
        writer.thread(),
        text(bytes, bytes.length, otherwise),
        line.leftOut);
  }
}
