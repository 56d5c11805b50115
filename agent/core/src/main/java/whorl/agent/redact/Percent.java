package whorl.agent.redact;

/** Percent-encoding for names and separators: one byte is one character. */
final class Percent {
  private Percent() {}

  static String decoded(String text, int from, int to) {
    StringBuilder decoded = new StringBuilder(to - from);
    int at = from;
    while (at < to) {
      if (isEscape(text, at, to)) {
        decoded.append((char) Integer.parseInt(text, at + 1, at + 3, 16));
        at += 3;
      } else {
        decoded.append(text.charAt(at));
        at++;
      }
    }
    return decoded.toString();
  }

  /** True if {@code %XX} is at this position. */
  static boolean isEscape(String text, int at, int to) {
    return at + 2 < to
        && text.charAt(at) == '%'
        && Chars.hex(text.charAt(at + 1))
        && Chars.hex(text.charAt(at + 2));
  }

  /** The character encoded by {@code %XX} at this position; 0 if there is none. */
  static char at(String text, int at) {
    return isEscape(text, at, text.length())
        ? (char)
            (Character.digit(text.charAt(at + 1), 16) * 16
                + Character.digit(text.charAt(at + 2), 16))
        : 0;
  }
}
