package whorl.agent.redact;

/** PEM private keys, also on one line; one without an end takes the rest of the text with it. */
final class PrivateKeys {
  static final String BEGIN = "-----BEGIN ";
  static final String END = "-----END ";
  private static final String DASHES = "-----";
  private static final int LABEL_MAX_CHARS = 64;

  private PrivateKeys() {}

  static String mask(String text) {
    int begin = text.indexOf(BEGIN);
    if (begin < 0) {
      return text;
    }
    Cut cut = new Cut(text);
    while (begin >= 0) {
      int labelStart = begin + BEGIN.length();
      int labelEnd = text.indexOf(DASHES, labelStart);
      int next = labelStart;
      if (isPrivate(text, labelStart, labelEnd < 0 ? text.length() : labelEnd)) {
        int end = text.indexOf(END, labelStart);
        int closing = end < 0 ? -1 : text.indexOf(DASHES, end + END.length());
        next = closing < 0 ? text.length() : closing + DASHES.length();
        cut.mask(begin, next);
      }
      begin = text.indexOf(BEGIN, next);
    }
    return cut.result();
  }

  /** Whether a private key begins in this line and does not end in it. */
  static boolean opens(String line) {
    int begin = line.lastIndexOf(BEGIN);
    if (begin < 0 || line.indexOf(END, begin) >= 0) {
      return false;
    }
    int labelStart = begin + BEGIN.length();
    int labelEnd = line.indexOf(DASHES, labelStart);
    return isPrivate(line, labelStart, labelEnd < 0 ? line.length() : labelEnd);
  }

  private static boolean isPrivate(String text, int labelStart, int labelEnd) {
    return labelEnd - labelStart > LABEL_MAX_CHARS
        || Chars.find(text, labelStart, labelEnd, "private key") >= 0;
  }
}
