package whorl.agent.redact;

/** The ECMA-48 control sequences with which programs colour their output on a terminal. */
final class Colours {
  static final char ESCAPE = '\u001b';

  private Colours() {}

  /** Returns the text without colours; other sequences stay, since they may be an attacker's. */
  static String without(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      int end = text.charAt(at) == ESCAPE ? end(text, at + 1) : -1;
      if (end > at) {
        at = end;
      } else {
        plain.append(text.charAt(at));
        at++;
      }
    }
    return plain.toString();
  }

  /** A bracket, then numbers and semicolons, then {@code m}. */
  private static int end(String text, int from) {
    if (!text.startsWith("[", from)) {
      return -1;
    }
    int at = from + 1;
    while (at < text.length() && (Chars.digit(text.charAt(at)) || text.charAt(at) == ';')) {
      at++;
    }
    return text.startsWith("m", at) ? at + 1 : -1;
  }
}
