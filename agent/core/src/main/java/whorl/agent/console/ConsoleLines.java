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
 * Assembles lines from writes: the pieces that one thread writes to one stream form a line, even if
 * other threads write in between. A line is passed on when it is complete, in the order of line
 * ends; a line longer than 8 KiB is cut. After a missing piece the rest of the line is left out: it
 * may contain a secret whose name is lost. Not thread-safe.
 */
public final class ConsoleLines {
  static final int LINE_MAX_BYTES = 8 << 10;
  private static final int OPEN_MAX = 1024;

  /** Receives the lines. */
  @FunctionalInterface
  public interface Sink {
    /**
     * Receives one line.
     *
     * @param epochNanos when its first piece was written
     * @param leftOut number of its bytes that are not in {@code text}
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

  private final Charset fallback;
  private final ConsoleRing ring;
  private final Sink sink;
  private final Map<ConsoleWrite.Writer, Open> open = new LinkedHashMap<>();

  /** Bounded by the number of writers in a ring. */
  private final Map<ConsoleWrite.Writer, ConsoleWrite> last = new HashMap<>();

  /**
   * @param fallback the charset for bytes that are not UTF-8
   * @param ring the source of the writes, which knows what was dropped between them
   */
  public ConsoleLines(Charset fallback, ConsoleRing ring, Sink sink) {
    this.fallback = fallback;
    this.ring = ring;
    this.sink = sink;
  }

  /** Adds the next write. */
  public void add(ConsoleWrite consoleWrite) throws IOException {
    ConsoleWrite.Writer writer = consoleWrite.writer();
    byte[] bytes = consoleWrite.bytes();
    if (ring.lacksPiece(last.put(writer, consoleWrite), consoleWrite)) {
      open.computeIfAbsent(writer, none -> new Open(consoleWrite.epochNanos())).lacksPiece = true;
    }
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        Open line = open.remove(writer);
        line = line == null ? new Open(consoleWrite.epochNanos()) : line;
        line.add(bytes, start, i);
        emit(writer, line);
        start = i + 1;
      }
    }
    if (start < bytes.length || consoleWrite.leftOut() > 0) {
      Open line = open.computeIfAbsent(writer, none -> new Open(consoleWrite.epochNanos()));
      line.add(bytes, start, bytes.length);
      line.leftOut += consoleWrite.leftOut();
      if (consoleWrite.endsLine()) {
        open.remove(writer);
        emit(writer, line);
      }
      if (open.size() > OPEN_MAX) {
        Iterator<Map.Entry<ConsoleWrite.Writer, Open>> oldest = open.entrySet().iterator();
        Map.Entry<ConsoleWrite.Writer, Open> first = oldest.next();
        oldest.remove();
        emit(first.getKey(), first.getValue());
      }
    }
  }

  /** Ends all lines, including those without a line end. */
  public void end() throws IOException {
    for (Map.Entry<ConsoleWrite.Writer, Open> line : open.entrySet()) {
      emit(line.getKey(), line.getValue());
    }
    open.clear();
  }

  /** Decodes bytes as UTF-8 if they are valid, since loggers choose their own encoding. */
  public static String text(byte[] bytes, int length, Charset fallback) {
    int end = length > 0 && bytes[length - 1] == '\r' ? length - 1 : length;
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, end)).toString();
    } catch (CharacterCodingException notUtf8) {
      return new String(bytes, 0, end, fallback);
    }
  }

  private void emit(ConsoleWrite.Writer writer, Open line) throws IOException {
    byte[] bytes = line.bytes.toByteArray();
    sink.line(
        writer.err(),
        line.epochNanos,
        writer.thread(),
        text(bytes, bytes.length, fallback),
        line.leftOut);
  }
}
