package whorl.collector.http.request;

/**
 * Checks what people write. Control characters are refused, because terminals and logs show the
 * texts; half a pair of surrogates, because it cannot be written as UTF-8.
 */
public final class WrittenText {
  private WrittenText() {}

  /**
   * A text of one line.
   *
   * @param name of the field, for messages
   * @throws ProblemException 400 if it is too long, or has a character that is refused
   */
  public static String line(String name, String text, int maxChars) {
    return checked(name, text, maxChars, false);
  }

  /** The same, with line ends and tabs. */
  public static String lines(String name, String text, int maxChars) {
    return checked(name, text, maxChars, true);
  }

  private static String checked(String name, String text, int maxChars, boolean lines) {
    if (text.length() > maxChars) {
      throw refused(name, "has " + text.length() + " characters; " + maxChars + " are allowed");
    }
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      boolean lineEnd = lines && (c == '\n' || c == '\t' || c == '\r');
      if (!lineEnd && (Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE)) {
        throw refused(
            name, "has a control character (U+" + String.format("%04X", c) + "); leave it out");
      }
      i += Character.charCount(c);
    }
    return text;
  }

  /** The answer to a field that is wrong. */
  public static ProblemException refused(String name, String why) {
    return new ProblemException(400, "bad " + name, name + " " + why);
  }
}
