package whorl.collector.timeline.read.rows;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Lengths of UTF-8 texts in chars, as in {@link String}. */
public final class Utf8 {
  private Utf8() {}

  /** True if the text has at most this many chars. */
  public static boolean isWithin(byte[] text, int charsMax) {
    return text.length <= charsMax || chars(text) <= charsMax;
  }

  /** Cuts a longer text at this many chars, with a mark. */
  public static byte[] cut(byte[] text, int charsMax) {
    if (isWithin(text, charsMax)) {
      return text;
    }
    return (new String(text, UTF_8).substring(0, charsMax) + "…").getBytes(UTF_8);
  }

  private static int chars(byte[] text) {
    int chars = 0;
    for (byte each : text) {
      if ((each & 0xC0) != 0x80) {
        chars += (each & 0xF8) == 0xF0 ? 2 : 1;
      }
    }
    return chars;
  }
}
