package whorl.agent.redact;

/**
 * Finds {@code key=value}, {@code key: value}, {@code "key":"value"} and {@code --key value} within
 * a text and masks the values of secret keys. Scanned by hand, since a regular expression for it
 * would recurse once a character.
 */
final class Assignments {
  private static final String[] SCHEMES = {"basic ", "bearer ", "digest ", "negotiate "};

  private final Redactor.KeyNames keys;

  Assignments(Redactor.KeyNames keys) {
    this.keys = keys;
  }

  /**
   * @param argument whether the text is one argument of a command line, in which a value may hold
   *     spaces
   */
  String mask(String text, boolean argument) {
    StringBuilder shown = null;
    int copied = 0;
    int keyStart = -1;
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (keyChar(c)) {
        if (keyStart < 0) {
          keyStart = i;
        }
        i++;
        continue;
      }
      int valueStart = keyStart < 0 ? -1 : valueStart(text, i);
      if (valueStart < 0 && keyStart >= 0 && c == ' ') {
        valueStart = optionValueStart(text, keyStart, i);
      }
      boolean secret = valueStart >= 0 && keys.secret(text.substring(keyStart, i));
      keyStart = -1;
      if (!secret) {
        i++;
        continue;
      }
      int valueEnd = valueEnd(text, valueStart, argument);
      if (valueEnd > valueStart) {
        shown = shown == null ? new StringBuilder(text.length()) : shown;
        shown.append(text, copied, valueStart).append(Redactor.MASK);
        copied = valueEnd;
      }
      i = Math.max(valueEnd, i + 1);
    }
    return shown == null ? text : shown.append(text, copied, text.length()).toString();
  }

  /** Where the value begins, given that a key ended at {@code i}; -1 when none follows. */
  private static int valueStart(String text, int i) {
    int at = i;
    if (at < text.length() && quote(text.charAt(at))) {
      at++;
    }
    at = skipBlanks(text, at);
    if (at >= text.length() || (text.charAt(at) != '=' && text.charAt(at) != ':')) {
      return -1;
    }
    // A URL's scheme is no key, however secret it looks.
    if (text.startsWith("://", at)) {
      return -1;
    }
    at++;
    int afterBlanks = skipBlanks(text, at);
    return afterBlanks < text.length() && quote(text.charAt(afterBlanks))
        ? afterBlanks + 1
        : afterBlanks;
  }

  /** The value of {@code --key value}. */
  private static int optionValueStart(String text, int keyStart, int keyEnd) {
    if (text.charAt(keyStart) != '-') {
      return -1;
    }
    int at = skipBlanks(text, keyEnd);
    return at < text.length() && text.charAt(at) != '-' ? at : -1;
  }

  private static int valueEnd(String text, int start, boolean argument) {
    if (start > 0 && start <= text.length() && quote(text.charAt(start - 1))) {
      return quotedEnd(text, start, text.charAt(start - 1));
    }
    int at = start;
    for (String scheme : SCHEMES) {
      if (text.regionMatches(true, at, scheme, 0, scheme.length())) {
        at = skipBlanks(text, at + scheme.length());
        break;
      }
    }
    while (at < text.length()) {
      char c = text.charAt(at);
      if (lineEnd(c) || (!argument && (Character.isWhitespace(c) || quote(c)))) {
        break;
      }
      if ((c == ',' || c == ';' || c == '&') && assignmentFollows(text, at + 1)) {
        break;
      }
      at++;
    }
    return at;
  }

  private static int quotedEnd(String text, int start, char quote) {
    int at = start;
    while (at < text.length() && text.charAt(at) != quote) {
      at += text.charAt(at) == '\\' ? 2 : 1;
    }
    return Math.min(at, text.length());
  }

  /** A comma may belong to the secret, unless another assignment comes after it. */
  private static boolean assignmentFollows(String text, int from) {
    int at = skipBlanks(text, from);
    if (at < text.length() && quote(text.charAt(at))) {
      at++;
    }
    int keyStart = at;
    while (at < text.length() && keyChar(text.charAt(at))) {
      at++;
    }
    return at > keyStart && valueStart(text, at) >= 0;
  }

  private static int skipBlanks(String text, int from) {
    int at = from;
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
    return at;
  }

  private static boolean keyChar(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.';
  }

  private static boolean quote(char c) {
    return c == '"' || c == '\'';
  }

  private static boolean lineEnd(char c) {
    return c == '\n' || c == '\r' || c == 0;
  }
}
