package whorl.agent.redact.stream;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
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
 * <p>Of events only the ends are known, and where string constants are. In another event, wherever
 * an encoding and a length are followed by as much text that contains a secret, it is masked; a
 * string directly after the name of a secret is its value. A string longer than the limit is masked
 * as a whole. A chunk's metadata is unchanged: it names types and fields, and a recording is not
 * readable without it.
 *
 * <p>A text may be an attacker's. So a few control characters in it do not keep it from being
 * masked, and what looks like the beginnings of further strings within it is not examined again and
 * again. What looks like a text with control characters may also be numbers of events with strings
 * among them. So it is none if a string may begin within it: that one is examined by itself. To
 * mask a number after it would make the recording unreadable. For the same reason, no text goes
 * beyond the end of its event, and a masked byte keeps its highest bit, which in a number says that
 * it goes on.
 *
 * <p>The class is long because all of it works on one buffer.
 *
 * @see <a
 *     href="https://github.com/openjdk/jdk/blob/master/src/jdk.jfr/share/classes/jdk/jfr/internal/consumer/StringParser.java">StringParser</a>
 */
final class RecordingFilter extends OutputStream {
  static final int UTF_8 = 3;
  static final int CHARACTERS = 4;
  static final int LATIN_1 = 5;

  private static final int STRING_MAX_BYTES = 64 << 10;
  private static final int BUFFER_BYTES = 8 * STRING_MAX_BYTES;

  /** Longer than any event in JFR's buffers. */
  private static final int LONG_STRING_MAX_CHARS = (1 << 21) - 1;

  private static final int CHARACTER_MAX_BYTES = 3;

  /** A constant's id, an encoding, a length and a string of maximum length. */
  private static final int AHEAD_BYTES = CHARACTER_MAX_BYTES * STRING_MAX_BYTES + 16;

  /** In a text one of this many characters may be a control character. */
  private static final int CHARS_PER_CONTROL = 8;

  /** At the beginning of a text there may be so many more. */
  private static final int CONTROLS_AT_FIRST = 4;

  /** Limits how much is read again because it may be a text with control characters. */
  private static final int AGAIN_MAX_CHARS = 1 << 20;

  private static final int AGAIN_PER_BYTE = 8;

  /** To mask a text costs as much as to read it so many times. */
  private static final int READS_PER_MASK = 4;

  /** So much of a string within what may be a text is read to see whether it is one. */
  private static final int BEGIN_CHARS = 128;

  /** From this length on, no string begins within the characters of a text. */
  private static final int LONG_TEXT_CHARS = 64;

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

  /** Where the last long text of LEB128 characters ends that was examined. */
  private int charactersEnd;

  /** What was read of texts with control characters, less what was passed on since. */
  private int readAgain;

  private final ChunkMetadata metadata = new ChunkMetadata();
  private final ChunkEvents events = new ChunkEvents();

  /** The position of the buffer in the recording. */
  private long position;

  /** The position at which the event ends that is examined. */
  private long eventEnd;

  /** Where this event ends in the buffer, or else the buffer's contents. */
  private int limit;

  /** The number of string constants that begin here, one after the other. */
  private int constantsLeft;

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
    limit = limit();
    while (at < end) {
      if (position + at >= eventEnd) {
        at = begin(at);
      }
      if (constantsLeft > 0) {
        at = constant(at);
        continue;
      }
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
      readAgain = Math.max(0, readAgain - AGAIN_PER_BYTE * (next - at));
      at = next;
    }
    out.write(buffer, 0, at);
    System.arraycopy(buffer, at, buffer, 0, filled - at);
    filled -= at;
    nameEnd -= at;
    charactersEnd -= at;
    position += at;
  }

  private int limit() {
    return (int) Math.min(filled, eventEnd - position);
  }

  /** Begins an event; returns where its first string constant begins, or itself. */
  private int begin(int at) {
    longLeft = 0;
    eventEnd = events.end(buffer, at, filled, position + at);
    limit = limit();
    int first = events.stringConstants(buffer, at, limit, position + limit == eventEnd);
    constantsLeft = first < 0 ? 0 : events.constants();
    return Math.max(at, first);
  }

  /** Masks a string constant, also if it looks like several; returns where the next one begins. */
  private int constant(int at) {
    int stringAt = ChunkEvents.numberEnd(buffer, at, limit);
    int end = ChunkEvents.stringEnd(buffer, stringAt, limit);
    boolean hasText =
        end >= 0 && end <= limit && isEncoding(buffer[stringAt]) && buffer[stringAt + 1] != 0;
    if (end < 0 || end > limit || hasText && length(stringAt + 1) < 0) {
      constantsLeft = 0;
      return at;
    }
    if (hasText && buffer[stringAt] == CHARACTERS) {
      maskCharacters(stringAt + 1);
    } else if (hasText) {
      maskBytes(stringAt + 1);
    }
    constantsLeft--;
    return end;
  }

  /**
   * Returns where the characters of a string begin that is too long and whose length is here; -1 if
   * there is none.
   */
  private int longString(int encoding, int lengthAt) {
    int length = isEncoding(encoding) ? number(lengthAt) : -1;
    int start = lengthAt + lengthBytes(lengthAt);
    int checked = Math.min(STRING_MAX_BYTES, limit - start);
    if (length <= STRING_MAX_BYTES
        || length > LONG_STRING_MAX_CHARS
        || checked < STRING_MAX_BYTES
        || !isLongText(encoding == CHARACTERS, start, checked)) {
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

  /**
   * Text in the buffer.
   *
   * @param starts where each character begins, and the last one ends; null if each is one byte
   */
  private record Text(String text, int start, int @Nullable [] starts) {
    int position(int index) {
      return starts == null ? start + index : starts[index];
    }
  }

  /** Returns where the string ends whose length is here; -1 if there is none to mask. */
  private int bytes(int lengthAt) {
    int length = length(lengthAt);
    int start = lengthAt + lengthBytes(lengthAt);
    if (length < minLength(lengthAt) || start + length > limit || textEnd(lengthAt - 1) < 0) {
      return -1;
    }
    return maskBytes(lengthAt);
  }

  private int maskBytes(int lengthAt) {
    int length = length(lengthAt);
    int start = lengthAt + lengthBytes(lengthAt);
    // One byte is one character, so that positions are the same.
    String text = new String(buffer, start, length, StandardCharsets.ISO_8859_1);
    return mask(new Text(text, start, null), lengthAt);
  }

  private int characters(int lengthAt) {
    int length = length(lengthAt);
    int at = lengthAt + lengthBytes(lengthAt);
    if (length < minLength(lengthAt)
        || at + length > limit
        || isWithinCharacter(lengthAt)
        || textEnd(lengthAt - 1) < 0) {
      return -1;
    }
    return maskCharacters(lengthAt);
  }

  private int maskCharacters(int lengthAt) {
    int length = length(lengthAt);
    int at = lengthAt + lengthBytes(lengthAt);
    int[] starts = new int[length + 1];
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      starts[i] = at;
      text.append((char) number(at));
      at += lengthBytes(at);
    }
    starts[length] = at;
    return mask(new Text(text.toString(), starts[0], starts), lengthAt);
  }

  /**
   * Where the text ends of the string whose encoding is here; -1 if it has too many control
   * characters, or is no text at all.
   */
  private int textEnd(int at) {
    boolean leb128 = buffer[at] == CHARACTERS;
    int length = length(at + 1);
    int lengthEnd = at + lengthBytes(at + 1);
    int end = lengthEnd + 1;
    int allowed = readAgain > AGAIN_MAX_CHARS ? 0 : length / CHARS_PER_CONTROL;
    int controls = 0;
    int read = 0;
    boolean text = length >= NAME_MIN_CHARS;
    while (text && read < length) {
      int c = character(end, leb128);
      controls += isControl(c) ? 1 : 0;
      read++;
      text =
          c >= 0
              && controls <= Math.min(allowed, CONTROLS_AT_FIRST + read / CHARS_PER_CONTROL)
              && !(isEncoding(c) && stringBegins(end));
      end += leb128 ? lengthBytes(end) : 1;
    }
    // A number after a name, and the encoding of the next string, look like a short value.
    if (controls > 0 || nameEnd == at && lengthEnd == at + 1) {
      text &= !isEncoding(buffer[lengthEnd]) || !stringBegins(lengthEnd);
    }
    if (controls > 0) {
      readAgain += text ? READS_PER_MASK * read : read;
    } else if (at < charactersEnd) {
      readAgain += read;
    }
    if (leb128 && read >= LONG_TEXT_CHARS) {
      charactersEnd = Math.max(charactersEnd, end);
    }
    return text && end <= limit ? end : -1;
  }

  /** The character here; -1 if there is none. */
  private int character(int at, boolean leb128) {
    int c = at >= limit ? -1 : leb128 ? number(at) : buffer[at] & 0xFF;
    return c > 0xFFFF ? -1 : c;
  }

  /** True if a string may begin here, with its encoding, that is long enough for a secret. */
  private boolean stringBegins(int at) {
    boolean leb128 = buffer[at] == CHARACTERS;
    int length = length(at + 1);
    int end = at + 1 + lengthBytes(at + 1);
    int controls = 0;
    boolean text = length >= MIN_CHARS;
    for (int read = 1; text && read <= Math.min(length, BEGIN_CHARS); read++) {
      int c = character(end, leb128);
      controls += isControl(c) ? 1 : 0;
      int allowed = Math.min(length, CHARS_PER_CONTROL * CONTROLS_AT_FIRST + read);
      text = c >= 0 && controls <= allowed / CHARS_PER_CONTROL;
      end += leb128 ? lengthBytes(end) : 1;
      readAgain++;
    }
    return text;
  }

  /**
   * True if the encoding before this length may end a character of a text that was examined, and
   * too much was read again already.
   */
  private boolean isWithinCharacter(int lengthAt) {
    return readAgain > AGAIN_MAX_CHARS
        && lengthAt <= charactersEnd
        && lengthAt >= 2
        && buffer[lengthAt - 2] < 0;
  }

  private static boolean isControl(int c) {
    return c < ' ' && c != '\t' && c != '\n' && c != '\r';
  }

  private int minLength(int lengthAt) {
    return name != null && nameEnd == lengthAt - 1 ? 1 : NAME_MIN_CHARS;
  }

  /**
   * Masks the secrets in a text.
   *
   * @param lengthAt position of its length, one after its encoding
   * @return where the text ends; -1 if it may not be a string at all, and another may begin within
   *     it
   */
  private int mask(Text found, int lengthAt) {
    String text = found.text();
    int end = found.position(text.length());
    String secretName = nameEnd == lengthAt - 1 ? name : null;
    if (control(text, 0) < text.length()) {
      maskParts(found, secretName);
      return -1;
    }
    String shown = secretName == null ? shown(text) : redactor.value(secretName, text);
    if (!shown.equals(text)) {
      mask(found, 0, text, shown);
      return end;
    }
    if (text.length() <= NAME_MAX_CHARS && redactor.isName(text)) {
      name = text;
      nameEnd = end;
    }
    return -1;
  }

  /** Masks the parts of a text between its control characters. */
  private void maskParts(Text found, @Nullable String secretName) {
    String text = found.text();
    int from = 0;
    while (from < text.length()) {
      int to = control(text, from);
      String part = text.substring(from, to);
      mask(found, from, part, secretName == null ? shown(part) : redactor.value(secretName, part));
      from = to + 1;
    }
  }

  private String shown(String text) {
    return text.length() < MIN_CHARS ? text : redactor.text(text);
  }

  /** The position of the next control character; the text's length if there is none. */
  private static int control(String text, int from) {
    int at = from;
    while (at < text.length() && !isControl(text.charAt(at))) {
      at++;
    }
    return at;
  }

  /**
   * Masks a part of a text.
   *
   * @param offset of the part in the text
   * @param shown the part with the mask in place of its secrets
   */
  private void mask(Text found, int offset, String part, String shown) {
    if (shown.equals(part)) {
      return;
    }
    int mask = Math.max(0, shown.indexOf(Redactor.MASK));
    int from = 0;
    while (from < mask && from < part.length() && part.charAt(from) == shown.charAt(from)) {
      from++;
    }
    int tail = shown.length() - (shown.lastIndexOf(Redactor.MASK) + Redactor.MASK.length());
    int to = part.length();
    while (tail > 0
        && to > from
        && part.charAt(to - 1) == shown.charAt(shown.length() - 1 - (part.length() - to))) {
      to--;
      tail--;
    }
    for (int i = offset + from; i < offset + to; i++) {
      maskCharacter(found.position(i), found.position(i + 1));
    }
  }

  /**
   * In a number of several bytes only the last byte ends it; a zero is a valid byte of a number as
   * well. What looks like a byte of a text may belong to a number, so it ends it as before.
   */
  private void maskCharacter(int start, int end) {
    boolean isText = constantsLeft > 0 && end == start + 1;
    for (int b = start; b < end; b++) {
      int more = isText ? 0 : buffer[b] & 0x80;
      buffer[b] = (byte) (b == start ? '*' | more : more);
    }
  }

  /**
   * True for the beginning of a long text. No other string may begin in it, because this one is
   * masked as a whole.
   */
  private boolean isLongText(boolean leb128, int start, int bytes) {
    int controlsLeft = bytes / CHARS_PER_CONTROL;
    int at = start;
    while (at < start + bytes) {
      int c = leb128 ? number(at) : buffer[at] & 0xFF;
      controlsLeft -= isControl(c) ? 1 : 0;
      if (c < 0 || c > 0xFFFF || isEncoding(c) || controlsLeft < 0) {
        return false;
      }
      at += leb128 ? lengthBytes(at) : 1;
    }
    return true;
  }

  private static boolean isEncoding(int c) {
    return c == UTF_8 || c == CHARACTERS || c == LATIN_1;
  }

  /** LEB128 of at most three bytes; -1 if it is longer. */
  private int length(int at) {
    int value = number(at);
    return value <= STRING_MAX_BYTES ? value : -1;
  }

  private int number(int at) {
    int value = 0;
    for (int i = 0; i < 3 && at + i < limit; i++) {
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
    while (bytes < 4 && at + bytes - 1 < limit && buffer[at + bytes - 1] < 0) {
      bytes++;
    }
    return bytes;
  }
}
