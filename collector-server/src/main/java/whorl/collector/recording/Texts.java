package whorl.collector.recording;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * Reads the texts of a recording ({@code jdk.jfr.internal.consumer.StringParser}) as UTF-8. The
 * first byte is the encoding:
 *
 * <pre>
 * 0  none          1  empty
 * 2  long id of a constant
 * 3  int length, bytes in UTF-8
 * 4  int length, that many chars as numbers
 * 5  int length, bytes in ISO 8859-1
 * </pre>
 *
 * Malformed characters are replaced as {@link String} does it.
 */
final class Texts {
  static final byte CONSTANT = 2;

  /** A longer text is cut; at least this many characters are kept. */
  static final int CHARS_MAX = (1 << 20) + 1;

  private static final byte[] EMPTY = {};
  private static final int UTF8_BYTES_OF_CHAR_MAX = 3;

  private Texts() {}

  /**
   * Reads a text that is not a constant.
   *
   * @param encoding the byte before the text
   */
  static byte @Nullable [] read(Input input, byte encoding) throws DamagedRecordingException {
    return switch (encoding) {
      case 0 -> null;
      case 1 -> EMPTY;
      case 3 -> bytes(input, UTF_8, CHARS_MAX * UTF8_BYTES_OF_CHAR_MAX);
      case 4 -> chars(input);
      case 5 -> bytes(input, ISO_8859_1, CHARS_MAX);
      default -> throw unknown(encoding);
    };
  }

  /** Skips a text, including the encoding byte. */
  static void skip(Input input) throws DamagedRecordingException {
    byte encoding = input.readByte();
    switch (encoding) {
      case 0, 1 -> {}
      case CONSTANT -> input.skipNumber(Long.BYTES);
      case 3, 5 -> input.skipBytes(input.readCount());
      case 4 -> {
        int count = input.readCount();
        for (int i = 0; i < count; i++) {
          input.skipNumber(Character.BYTES);
        }
      }
      default -> throw unknown(encoding);
    }
  }

  private static byte[] bytes(Input input, Charset charset, int bytesMax)
      throws DamagedRecordingException {
    int count = input.readCount();
    int end = input.position() + count;
    byte[] bytes = new byte[Math.min(count, bytesMax)];
    input.readBytes(bytes, bytes.length);
    input.position(end);
    for (byte b : bytes) {
      if (b < 0) {
        return new String(bytes, charset).getBytes(UTF_8);
      }
    }
    return bytes;
  }

  private static byte[] chars(Input input) throws DamagedRecordingException {
    int count = input.readCount();
    int kept = Math.min(count, CHARS_MAX);
    byte[] ascii = new byte[kept];
    for (int i = 0; i < kept; i++) {
      char b = input.readChar();
      if (b >= 0x80) {
        return wide(input, ascii, i, b, count);
      }
      ascii[i] = (byte) b;
    }
    skipChars(input, count - kept);
    return ascii;
  }

  /** Continues a text after the first char that is not ASCII. */
  private static byte[] wide(Input input, byte[] ascii, int before, char first, int count)
      throws DamagedRecordingException {
    char[] chars = new char[ascii.length];
    for (int i = 0; i < before; i++) {
      chars[i] = (char) ascii[i];
    }
    chars[before] = first;
    for (int i = before + 1; i < chars.length; i++) {
      chars[i] = input.readChar();
    }
    skipChars(input, count - chars.length);
    return new String(chars).getBytes(UTF_8);
  }

  private static void skipChars(Input input, int chars) throws DamagedRecordingException {
    for (int i = 0; i < chars; i++) {
      input.skipNumber(Character.BYTES);
    }
  }

  private static DamagedRecordingException unknown(byte encoding) {
    return new DamagedRecordingException("a text has the unknown encoding " + encoding);
  }
}
