package whorl.collector.page;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Splits a text of any length into lines, and long lines into pieces, so that each step is bounded.
 */
final class TextSegments {
  static final int MAX_BYTES = 256 << 10;

  /**
   * A line or a part of one.
   *
   * @param text text; invalid UTF-8 is replaced
   * @param number line number, from 1
   * @param continues true if the line continues in the next piece
   */
  record Piece(String text, long number, boolean continues) {}

  private final InputStream in;
  private final byte[] buffer = new byte[64 << 10];
  private int next;
  private int end;
  private long offset;
  private long number;

  /**
   * @param in is at {@code offset}, where a piece of line {@code number} begins
   */
  TextSegments(InputStream in, long offset, long number) {
    this.in = in;
    this.offset = offset;
    this.number = number;
  }

  /** Returns the next piece; null at the end. */
  @Nullable Piece next() throws IOException {
    int b = read();
    if (b < 0) {
      return null;
    }
    ByteArrayOutputStream piece = new ByteArrayOutputStream(256);
    while (b >= 0 && b != '\n') {
      boolean insideCharacter = (b & 0xc0) == 0x80;
      if (piece.size() >= MAX_BYTES + 3 || piece.size() >= MAX_BYTES && !insideCharacter) {
        next--;
        offset--;
        return new Piece(piece.toString(StandardCharsets.UTF_8), number, true);
      }
      piece.write(b);
      b = read();
    }
    return new Piece(piece.toString(StandardCharsets.UTF_8), number++, false);
  }

  /** Returns the offset of the next piece. */
  long offset() {
    return offset;
  }

  /** Returns the line number of the next piece. */
  long number() {
    return number;
  }

  private int read() throws IOException {
    if (next == end) {
      end = Math.max(0, in.read(buffer, 0, buffer.length));
      next = 0;
      if (end == 0) {
        return -1;
      }
    }
    offset++;
    return buffer[next++] & 0xff;
  }
}
