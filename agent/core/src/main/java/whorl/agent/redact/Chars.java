package whorl.agent.redact;

/** Character classes, by tables of ASCII. */
final class Chars {
  private static final boolean[] IN_WORD = inWord();

  private Chars() {}

  static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean lower(char c) {
    return c >= 'a' && c <= 'z';
  }

  static boolean upper(char c) {
    return c >= 'A' && c <= 'Z';
  }

  static boolean alphanumeric(char c) {
    return lower(c) || upper(c) || digit(c);
  }

  static boolean hex(char c) {
    return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  /** True for characters of Base64 in both alphabets, without its padding. */
  static boolean base64(char c) {
    return alphanumeric(c) || c == '+' || c == '/' || c == '-' || c == '_';
  }

  /** True for characters of a token, including the dot. */
  static boolean token(char c) {
    return alphanumeric(c) || c == '_' || c == '-' || c == '.';
  }

  static boolean blank(char c) {
    return c == ' ' || c == '\t';
  }

  /**
   * True if the text has no character that could separate a name and a value or two words:
   * printable ASCII without blanks, quotes and {@code = : % > @}, as are most class names, paths
   * and numbers.
   */
  static boolean oneWord(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= IN_WORD.length || !IN_WORD[c]) {
        return false;
      }
    }
    return true;
  }

  /**
   * True for separators of words: blanks, line ends, control characters, and their replacements.
   */
  static boolean space(char c) {
    return Character.isWhitespace(c) || c < ' ' || c == 0x7F || c == '\uFFFD';
  }

  static boolean quote(char c) {
    return c == '"' || c == '\'';
  }

  static int skipBlanks(String text, int from) {
    int at = from;
    while (at < text.length() && blank(text.charAt(at))) {
      at++;
    }
    return at;
  }

  /** True if this ASCII word is at this position, in any case. */
  static boolean at(String text, int from, String word) {
    return text.regionMatches(true, from, word, 0, word.length());
  }

  /** The position of this lower-case word, in any case; -1 if it is missing. */
  static int find(String text, int from, int to, String word) {
    char first = word.charAt(0);
    char capital = lower(first) ? (char) (first - 32) : first;
    for (int i = from; i <= to - word.length(); i++) {
      char c = text.charAt(i);
      if ((c == first || c == capital) && at(text, i, word)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean[] inWord() {
    boolean[] inWord = new boolean[0x7F];
    for (char c = '!'; c < inWord.length; c++) {
      inWord[c] = "\"'=:%>@".indexOf(c) < 0;
    }
    return inWord;
  }
}
