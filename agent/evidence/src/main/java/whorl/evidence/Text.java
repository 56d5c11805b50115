package whorl.evidence;

/** Bounds text from elsewhere, and quotes and counts in our own messages. */
public final class Text {
  private static final int QUOTED_MAX_CHARS = 80;

  private Text() {}

  /**
   * The text, or its beginning and an ellipsis if it is longer. No pair of surrogates is split.
   *
   * @param maxChars of the result, with the ellipsis; at least 1
   */
  public static String atMost(String text, int maxChars) {
    if (text.length() <= maxChars) {
      return text;
    }
    return beginning(text, maxChars - 1) + "…";
  }

  /**
   * The text, or its beginning if it is longer. No pair of surrogates is split.
   *
   * @param maxChars of the result; at least 0
   */
  public static String beginning(String text, int maxChars) {
    if (text.length() <= maxChars) {
      return text;
    }
    boolean splits = maxChars > 0 && Character.isHighSurrogate(text.charAt(maxChars - 1));
    return text.substring(0, splits ? maxChars - 1 : maxChars);
  }

  /** At most 80 characters of {@code text} and an ellipsis, control characters replaced. */
  public static String shortened(String text) {
    String head =
        text.length() <= QUOTED_MAX_CHARS ? text : beginning(text, QUOTED_MAX_CHARS) + "…";
    StringBuilder printable = new StringBuilder(head.length());
    for (int i = 0; i < head.length(); i++) {
      char c = head.charAt(i);
      printable.append(Character.isISOControl(c) ? '\uFFFD' : c);
    }
    return printable.toString();
  }

  /**
   * {@code 1 row}, {@code 3 rows}, {@code 2 pieces of evidence}.
   *
   * @param one the thing in the singular; its word before {@code of}, or else its last one, gets
   *     the plural
   */
  public static String counted(long number, String one) {
    if (number == 1) {
      return number + " " + one;
    }
    int of = one.indexOf(" of ");
    return of < 0
        ? number + " " + plural(one)
        : number + " " + plural(one.substring(0, of)) + one.substring(of);
  }

  private static String plural(String word) {
    if (word.matches(".*[^aeiou]y")) {
      return word.substring(0, word.length() - 1) + "ies";
    }
    return word.matches(".*(s|x|ch|sh)") ? word + "es" : word + "s";
  }

  /**
   * False for characters that affect more than their own place where text is shown: controls, line
   * ends among them, format characters such as bidirectional overrides, and lone surrogates.
   *
   * @param codePoint any code point
   */
  public static boolean isHarmless(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
