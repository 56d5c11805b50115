package whorl.agent.redact;

/** The control sequences of ECMA-48 with which programs colour what they write to a terminal. */
final class Colours {
  static final char ESCAPE = '\u001b';

  private Colours() {}

  /** The text without them; other sequences stay, since they tell of somebody's intent. */
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

  /** After a bracket come numbers and semicolons, and then {@code m}. */
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
