package whorl.agent.redact;

/**
 * Classifies the form of a value. Under a name that is often no secret, such as {@code key} or
 * {@code code}, only a value that looks random is masked.
 */
final class ValueShape {
  private static final int RANDOM_MIN_CHARS = 8;
  private static final int HEX_MIN_CHARS = 16;
  private static final int SMALL_NUMBER_CHARS = 3;
  private static final int CAPITALS_RUN = 4;

  private static final String[] LITERALS = {
    "true",
    "false",
    "null",
    "nil",
    "yes",
    "no",
    "on",
    "off",
    "none",
    "undefined",
    "enabled",
    "disabled",
    "required",
    "optional",
    "auto",
    "default",
    "unset",
    "{}",
    "[]",
  };

  /** Beginnings of addresses that have no two slashes, such as those of jars within jars. */
  private static final String[] SCHEMES = {
    "file:", "classpath:", "jar:", "jrt:", "war:", "wsjar:", "zip:", "vfs:",
  };

  private ValueShape() {}

  /** True if a value under a name of this level is a secret. */
  static boolean isSecret(SecretNames.Level level, String text, int from, int to) {
    return switch (level) {
      case NONE -> false;
      case WEAK -> isRandom(text, from, to);
      case KEY ->
          hasContent(text, from, to)
              && !isLiteral(text, from, to)
              && !isNumber(text, from, to)
              && !isPath(text, from, to);
      case STRONG ->
          hasContent(text, from, to)
              && !isLiteral(text, from, to)
              && !(to - from <= SMALL_NUMBER_CHARS && isNumber(text, from, to));
    };
  }

  /** True if the value looks random: hexadecimal, or mixed capitals, small letters and digits. */
  static boolean isRandom(String text, int from, int to) {
    if (to - from < RANDOM_MIN_CHARS || isPath(text, from, to)) {
      return false;
    }
    int hex = 0;
    int hexDigits = 0;
    int start = from;
    boolean plain = true;
    for (int i = from; i <= to; i++) {
      char c = i < to ? text.charAt(i) : '-';
      if (Chars.space(c)) {
        return false;
      }
      if (Chars.alphanumeric(c) || c == '+' || c == '/' || c == '=') {
        hex += Chars.hex(c) ? 1 : 0;
        hexDigits += Chars.digit(c) ? 1 : 0;
        plain &= Chars.hex(c);
        continue;
      }
      if (i < to && c != '-') {
        plain &= c == ':';
      }
      if (isMixed(text, start, i)) {
        return true;
      }
      start = i + 1;
    }
    return plain && hex >= HEX_MIN_CHARS && hexDigits >= 2 && hexDigits < hex;
  }

  /** True if a text that begins like a path is Base64: no path mixes letters and digits as much. */
  private static boolean base64(String text, int from, int to) {
    int changes = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!Chars.alphanumeric(c) && c != '+' && c != '/' && c != '=') {
        return false;
      }
      boolean letters = i > from && Chars.alphanumeric(c) && Chars.alphanumeric(text.charAt(i - 1));
      changes += letters && kind(c) != kind(text.charAt(i - 1)) ? 1 : 0;
    }
    return to - from >= HEX_MIN_CHARS
        && hasDigit(text, from, to)
        && changes * 20 >= (to - from) * 7;
  }

  /** True if letters and digits change too often for words and numbers. */
  private static boolean isMixed(String text, int from, int to) {
    int length = to - from;
    if (length < RANDOM_MIN_CHARS) {
      return false;
    }
    int changes = changes(text, from, to);
    if (!hasDigit(text, from, to)) {
      return changes * 10 >= length * 4;
    }
    return changes * 10 >= length * 3
        // Random text can have long runs; words have no such runs of capitals.
        || changes >= 3 && changes * 4 >= length && capitals(text, from, to) >= CAPITALS_RUN;
  }

  /** The longest run of capitals. */
  private static int capitals(String text, int from, int to) {
    int longest = 0;
    int run = 0;
    for (int i = from; i < to; i++) {
      run = Chars.upper(text.charAt(i)) ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    return longest;
  }

  /** How often the kind of character changes. */
  static int changes(String text, int from, int to) {
    int changes = 0;
    for (int i = from + 1; i < to; i++) {
      if (kind(text.charAt(i)) != kind(text.charAt(i - 1))) {
        changes++;
      }
    }
    return changes;
  }

  static boolean hasDigit(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (Chars.digit(text.charAt(i))) {
        return true;
      }
    }
    return false;
  }

  private static int kind(char c) {
    return Chars.lower(c) ? 0 : Chars.upper(c) ? 1 : Chars.digit(c) ? 2 : 3;
  }

  private static boolean hasContent(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (Character.isLetterOrDigit(text.charAt(i))) {
        return true;
      }
    }
    return to - from >= RANDOM_MIN_CHARS;
  }

  private static boolean isLiteral(String text, int from, int to) {
    for (String literal : LITERALS) {
      if (literal.length() == to - from && Chars.at(text, from, literal)) {
        return true;
      }
    }
    return false;
  }

  static boolean isNumber(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!Chars.digit(c) && c != '.' && c != '-' && c != '_') {
        return false;
      }
    }
    return true;
  }

  /** True for a file or an address; secrets within it are found separately. */
  static boolean isPath(String text, int from, int to) {
    if (from >= to) {
      return false;
    }
    char first = text.charAt(from);
    if (first == '/' || first == '~') {
      return (to - from > 1 && Chars.find(text, from + 1, to, "/") >= 0
              || to - from < HEX_MIN_CHARS
              || Chars.find(text, from, to, ".") >= 0)
          && !base64(text, from, to);
    }
    return (first == '.' && to - from > 1 && text.charAt(from + 1) == '/')
        || Chars.find(text, from, to, "://") >= 0
        || hasScheme(text, from);
  }

  private static boolean hasScheme(String text, int from) {
    for (String scheme : SCHEMES) {
      if (Chars.at(text, from, scheme)) {
        return true;
      }
    }
    return false;
  }
}
