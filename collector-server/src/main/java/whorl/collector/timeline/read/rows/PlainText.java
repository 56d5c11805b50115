package whorl.collector.timeline.read.rows;

/** Makes text of evidence safe for display. */
public final class PlainText {
  private static final int MAX_CHARS = 256;

  private PlainText() {}

  /**
   * Removes control characters, characters that change the direction or line of later text, and
   * lone surrogates; cuts the text at 256 characters.
   */
  public static String of(String text) {
    StringBuilder plain = new StringBuilder(Math.min(text.length(), MAX_CHARS));
    text.codePoints()
        .filter(PlainText::isShown)
        .takeWhile(each -> plain.length() + Character.charCount(each) <= MAX_CHARS)
        .forEach(plain::appendCodePoint);
    return plain.toString();
  }

  private static boolean isShown(int character) {
    return switch (Character.getType(character)) {
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
