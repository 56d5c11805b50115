package whorl.agent.redact.stream;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import whorl.agent.redact.Redactor;

/**
 * Masks the strings of a JFR recording while it is written, each with the same number of
 * characters, so that every position in the file stays the same. The JDK's own events, thread names
 * and constants cannot be masked in another way.
 *
 * <pre>
 * string of a chunk:  encoding (1 byte)  length (LEB128)  bytes
 *   encoding 3: UTF-8, length in bytes
 *   encoding 4: one LEB128 a character, length in characters
 *   encoding 5: ISO 8859-1, length in bytes
 * </pre>
 *
 * <p>Events are not parsed. Wherever an encoding and a length are followed by as much printable
 * text that contains a secret, it is masked; a string directly after the name of a secret is its
 * value. A string longer than the limit is masked as a whole. A chunk's metadata is unchanged: it
 * names types and fields, and a recording is not readable without it.
 *
 * @see <a
 *     href="https://github.com/openjdk/jdk/blob/master/src/jdk.jfr/share/classes/jdk/jfr/internal/consumer/StringParser.java">StringParser</a>
 */
final class RecordingFilter extends OutputStream {
  private static final int UTF_8 = 3;
  private static final int CHARACTERS = 4;
  private static final int LATIN_1 = 5;

  private static final int STRING_MAX_BYTES = 64 << 10;
  private static final int BUFFER_BYTES = 8 * STRING_MAX_BYTES;

  /** Longer than any event in JFR's buffers. */
  private static final int LONG_STRING_MAX_CHARS = (1 << 21) - 1;

  /** An encoding, a length and a string of maximum length. */
  private static final int AHEAD_BYTES = STRING_MAX_BYTES + 8;

  private static final int MIN_CHARS = 8;
  private static final int NAME_MIN_CHARS = 1;
  private static final int NAME_MAX_CHARS = 256;

  private final Redactor redactor;
  private final OutputStream out;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int filled;

  /** The last string that is the name of a secret, and where it ends: its value may begin there. */
  private @Nullable String name;

  private int nameEnd;

  private final ChunkMetadata metadata = new ChunkMetadata();

  /** The position of the buffer in the recording. */
  private long position;

  /** The number of characters still to mask of a string that is too long. */
  private int longLeft;

  /** True if these characters are LEB128 numbers, and if one of them begins here. */
  private boolean longIsLeb128;

  private boolean longCharBegins;

  RecordingFilter(Redactor redactor, OutputStream out) {
    this.redactor = redactor;
    this.out = out;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int taken = 0;
    while (taken < length) {
      int n = Math.min(length - taken, buffer.length - filled);
      System.arraycopy(bytes, offset + taken, buffer, filled, n);
      metadata.read(buffer, filled, n);
      filled += n;
      taken += n;
      if (filled == buffer.length) {
        pass(filled - AHEAD_BYTES);
      }
    }
  }

  @Override
  public void close() throws IOException {
    try (OutputStream closed = out) {
      pass(filled);
      closed.flush();
    }
  }

  /** Masks the strings that begin before {@code end}, and writes out the bytes before it. */
  private void pass(int end) throws IOException {
    int at = 0;
    while (at < end) {
      if (longLeft > 0) {
        maskLong(at);
        at++;
        continue;
      }
      int metadataBytes = (int) Math.min(end - at, metadata.remaining(position + at));
      if (metadataBytes > 0) {
        at += metadataBytes;
        continue;
      }
      int encoding = buffer[at];
      int next = at + 1;
      if (encoding == UTF_8 || encoding == LATIN_1) {
        next = Math.max(next, bytes(at + 1));
      } else if (encoding == CHARACTERS) {
        next = Math.max(next, characters(at + 1));
      }
      if (next == at + 1) {
        next = Math.max(next, longString(encoding, at + 1));
      }
      at = next;
    }
    out.write(buffer, 0, at);
    System.arraycopy(buffer, at, buffer, 0, filled - at);
    filled -= at;
    nameEnd -= at;
    position += at;
  }

  /**
   * Returns where the characters of a string begin that is too long and whose length is here; -1 if
   * there is none.
   */
  private int longString(int encoding, int lengthAt) {
    boolean text = encoding == UTF_8 || encoding == LATIN_1 || encoding == CHARACTERS;
    int length = text ? number(lengthAt) : -1;
    int start = lengthAt + lengthBytes(lengthAt);
    int checked = Math.min(STRING_MAX_BYTES, filled - start);
    if (length <= STRING_MAX_BYTES
        || length > LONG_STRING_MAX_CHARS
        || checked < STRING_MAX_BYTES
        || !(encoding == CHARACTERS ? readable(start, checked) : printable(start, checked))) {
      return -1;
    }
    longLeft = length;
    longIsLeb128 = encoding == CHARACTERS;
    longCharBegins = true;
    return start;
  }

  /** Masks this byte of a string that is too long, and keeps the encoding of its characters. */
  private void maskLong(int at) {
    boolean last = !longIsLeb128 || buffer[at] >= 0;
    int star = longCharBegins ? '*' : 0;
    buffer[at] = (byte) (last ? star : star | 0x80);
    longCharBegins = last;
    longLeft -= last ? 1 : 0;
  }

  /** Returns where the string ends whose length is here; -1 if there is none to mask. */
  private int bytes(int lengthAt) {
    int length = length(lengthAt);
    int start = lengthAt + lengthBytes(lengthAt);
    if (length < minLength(lengthAt) || start + length > filled || !printable(start, length)) {
      return -1;
    }
    // One byte is one character, so that positions are the same.
    String text = new String(buffer, start, length, StandardCharsets.ISO_8859_1);
    int[] secret = secret(text, lengthAt, start + length);
    if (secret == null) {
      // It may not be a string at all, and another may begin within it.
      return -1;
    }
    for (int i = secret[0]; i < secret[1]; i++) {
      buffer[start + i] = '*';
    }
    return start + length;
  }

  private int characters(int lengthAt) {
    int length = length(lengthAt);
    int at = lengthAt + lengthBytes(lengthAt);
    if (length < minLength(lengthAt)
        || at + length > filled
        || buffer[at] >= 0 && buffer[at] < ' ') {
      return -1;
    }
    int[] starts = new int[Math.min(length, 64)];
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      int bytes = lengthBytes(at);
      int c = length(at);
      if (at + bytes > filled
          || bytes > 3
          || c < ' ' && c != '\t' && c != '\n' && c != '\r'
          || c > 0xFFFF) {
        return -1;
      }
      starts = i == starts.length ? Arrays.copyOf(starts, 2 * i) : starts;
      starts[i] = at;
      text.append((char) c);
      at += bytes;
    }
    int[] secret = secret(text.toString(), lengthAt, at);
    if (secret == null) {
      return -1;
    }
    for (int i = secret[0]; i < secret[1]; i++) {
      // In a multi-byte number only the last byte ends it; a zero is a valid byte of a number as
      // well.
      int end = i + 1 < length ? starts[i + 1] : at;
      for (int b = starts[i]; b < end; b++) {
        buffer[b] =
            (byte) (b == starts[i] ? '*' | (end - b > 1 ? 0x80 : 0) : end - b > 1 ? 0x80 : 0);
      }
    }
    return at;
  }

  private int minLength(int lengthAt) {
    return name != null && nameEnd == lengthAt - 1 ? 1 : NAME_MIN_CHARS;
  }

  /**
   * The range of the secrets in the text; null if there is none.
   *
   * @param lengthAt position of its length, one after its encoding
   */
  private int @Nullable [] secret(String text, int lengthAt, int end) {
    String secretName = nameEnd == lengthAt - 1 ? name : null;
    String shown = text;
    if (secretName != null) {
      shown = redactor.value(secretName, text);
    } else if (text.length() >= MIN_CHARS) {
      shown = redactor.text(text);
    }
    if (shown.equals(text) && text.length() <= NAME_MAX_CHARS && redactor.isName(text)) {
      name = text;
      nameEnd = end;
    }
    if (shown.equals(text)) {
      return null;
    }
    int mask = Math.max(0, shown.indexOf(Redactor.MASK));
    int from = 0;
    while (from < mask && from < text.length() && text.charAt(from) == shown.charAt(from)) {
      from++;
    }
    int tail = shown.length() - (shown.lastIndexOf(Redactor.MASK) + Redactor.MASK.length());
    int to = text.length();
    while (tail > 0
        && to > from
        && text.charAt(to - 1) == shown.charAt(shown.length() - 1 - (text.length() - to))) {
      to--;
      tail--;
    }
    return new int[] {from, to};
  }

  private boolean printable(int start, int length) {
    for (int i = start; i < start + length; i++) {
      int b = buffer[i];
      // Bytes above 127 are UTF-8 or letters of ISO 8859-1.
      if (b >= 0 && b < ' ' && b != '\t' && b != '\n' && b != '\r') {
        return false;
      }
    }
    return true;
  }

  /** As {@link #printable}, for LEB128 characters. */
  private boolean readable(int start, int length) {
    int at = start;
    while (at < start + length) {
      int c = number(at);
      if (c < ' ' && c != '\t' && c != '\n' && c != '\r' || c > 0xFFFF) {
        return false;
      }
      at += lengthBytes(at);
    }
    return true;
  }

  /** LEB128 of at most three bytes; -1 if it is longer. */
  private int length(int at) {
    int value = number(at);
    return value <= STRING_MAX_BYTES ? value : -1;
  }

  private int number(int at) {
    int value = 0;
    for (int i = 0; i < 3 && at + i < filled; i++) {
      int b = buffer[at + i];
      value |= (b & 0x7F) << (7 * i);
      if (b >= 0) {
        return value;
      }
    }
    return -1;
  }

  private int lengthBytes(int at) {
    int bytes = 1;
    while (bytes < 4 && at + bytes - 1 < filled && buffer[at + bytes - 1] < 0) {
      bytes++;
    }
    return bytes;
  }
}
