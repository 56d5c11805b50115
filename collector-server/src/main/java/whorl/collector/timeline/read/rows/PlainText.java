package whorl.collector.timeline.read.rows;

import whorl.evidence.Text;

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
        .filter(Text::isHarmless)
        .takeWhile(each -> plain.length() + Character.charCount(each) <= MAX_CHARS)
        .forEach(plain::appendCodePoint);
    return plain.toString();
  }
}
