package whorl.collector.timeline.words;

/**
 * Folds the case of text byte by byte. If DuckDB finds {@code lower(word)} in {@code lower(text)},
 * the folded text contains the folded word. Letters for which DuckDB or a later Unicode version may
 * have another lower case are folded to {@link #BREAK}, which no gram contains.
 *
 * <p>Supported are ASCII, U+0080 to U+017F, Greek and Cyrillic up to U+052F, the signs of Kelvin,
 * Ohm and Ångström, the capital ß, and the scripts without case from U+3000 to U+9FFF and U+AC00 to
 * U+D7FF. No other code point has a lower case among these.
 */
final class Folding {
  /** Replaces unsupported letters in folded text. */
  static final byte BREAK = 0;

  private static final int TWO_BYTES_END = 0x530;
  private static final char[] LOWER = new char[TWO_BYTES_END];

  static {
    for (char c = 1; c < TWO_BYTES_END; c++) {
      if (c < 0x180 || c >= 0x370) {
        LOWER[c] = Character.toLowerCase(c);
      }
    }
  }

  private Folding() {}

  /**
   * Folds UTF-8.
   *
   * @param folded at least as long as {@code text}
   * @return the number of bytes used in {@code folded}
   */
  static int fold(byte[] text, byte[] folded) {
    int to = 0;
    int from = 0;
    while (from < text.length) {
      byte lead = text[from];
      if (lead >= 0) {
        folded[to++] = (byte) LOWER[lead];
        from++;
      } else {
        int bytes = sequence(text, from);
        to = letter(text, from, bytes, folded, to);
        from += bytes;
      }
    }
    return to;
  }

  /** The length of the code point here in bytes; 1 if it is malformed. */
  private static int sequence(byte[] text, int from) {
    int lead = text[from] & 0xFF;
    int bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    return from + bytes <= text.length ? bytes : 1;
  }

  private static int letter(byte[] text, int from, int bytes, byte[] folded, int to) {
    if (bytes == 2) {
      return put(lower((text[from] & 0x1F) << 6 | text[from + 1] & 0x3F), folded, to);
    }
    if (bytes == 3) {
      int letter = (text[from] & 0x0F) << 12 | (text[from + 1] & 0x3F) << 6 | text[from + 2] & 0x3F;
      boolean withoutCase =
          letter >= 0x3000 && letter < 0xA000 || letter >= 0xAC00 && letter < 0xD800;
      if (withoutCase) {
        System.arraycopy(text, from, folded, to, bytes);
        return to + bytes;
      }
      return put(capital(letter), folded, to);
    }
    return put(BREAK, folded, to);
  }

  private static int lower(int letter) {
    return letter < TWO_BYTES_END ? LOWER[letter] : BREAK;
  }

  /** The lower case of the few capitals outside the table. */
  private static int capital(int letter) {
    return switch (letter) {
      case 0x1E9E -> 'ß';
      case 0x2126 -> 'ω';
      case 0x212A -> 'k';
      case 0x212B -> 'å';
      default -> BREAK;
    };
  }

  private static int put(int letter, byte[] folded, int to) {
    if (letter < 0x80) {
      folded[to] = (byte) letter;
      return to + 1;
    }
    folded[to] = (byte) (0xC0 | letter >> 6);
    folded[to + 1] = (byte) (0x80 | letter & 0x3F);
    return to + 2;
  }
}
