package whorl.agent.redact;

/**
 * PEM private keys, also on one line; without an end, the key extends to the end of the text. An
 * attack within a key is not masked, as everywhere.
 */
public final class PrivateKeys {
  static final String BEGIN = "-----BEGIN ";

  /** Begins the last line of a key. */
  public static final String END = "-----END ";

  private static final String DASHES = "-----";
  private static final int LABEL_MAX_CHARS = 64;
  private static final String[] HEADERS = {"Proc-Type:", "DEK-Info:"};

  /** From this length on, Base64 after a logger's prefix counts as a line of a key. */
  private static final int LINE_MIN_CHARS = 40;

  private PrivateKeys() {}

  static String mask(String text) {
    int begin = text.indexOf(BEGIN);
    if (begin < 0) {
      return text;
    }
    MaskedText maskedText = new MaskedText(text);
    while (begin >= 0) {
      int labelStart = begin + BEGIN.length();
      int labelEnd = text.indexOf(DASHES, labelStart);
      int next = labelStart;
      if (isPrivate(text, labelStart, labelEnd < 0 ? text.length() : labelEnd)) {
        int end = text.indexOf(END, labelStart);
        int closing = end < 0 ? -1 : text.indexOf(DASHES, end + END.length());
        next = closing < 0 ? text.length() : closing + DASHES.length();
        int attack = Payload.within(text, labelStart, next);
        maskedText.mask(begin, attack < 0 ? next : attack);
      }
      begin = text.indexOf(BEGIN, next);
    }
    return maskedText.result();
  }

  /** True if a private key begins in this line and does not end in it. */
  public static boolean opens(String line) {
    int begin = line.lastIndexOf(BEGIN);
    if (begin < 0 || line.indexOf(END, begin) >= 0) {
      return false;
    }
    int labelStart = begin + BEGIN.length();
    int labelEnd = line.indexOf(DASHES, labelStart);
    return isPrivate(line, labelStart, labelEnd < 0 ? line.length() : labelEnd);
  }

  /**
   * True if a line may be part of a key: a header, or Base64 that stands alone or is long. Any
   * other line after the key's first line is not part of it, and must not be masked.
   */
  public static boolean isBody(String line) {
    String text = (line.indexOf(Colours.ESCAPE) < 0 ? line : Colours.without(line)).strip();
    for (String header : HEADERS) {
      if (text.contains(header)) {
        return true;
      }
    }
    int start = text.length();
    while (start > 0 && isBody(text.charAt(start - 1))) {
      start--;
    }
    boolean word = start == 0 || Chars.space(text.charAt(start - 1));
    return word && (start == 0 || text.length() - start >= LINE_MIN_CHARS);
  }

  private static boolean isBody(char c) {
    return Chars.base64(c) || c == '=';
  }

  private static boolean isPrivate(String text, int labelStart, int labelEnd) {
    return labelEnd - labelStart > LABEL_MAX_CHARS
        || Chars.find(text, labelStart, labelEnd, "private key") >= 0;
  }
}
