package whorl.collector.notify.message;

import org.jspecify.annotations.Nullable;
import whorl.evidence.Text;

/** Makes hostile text printable: one line, bounded, without characters that change its order. */
public final class Plain {
  /** The most characters of a title. */
  public static final int TITLE_CHARS = 200;

  /** The most characters of a reason or a field. */
  public static final int VALUE_CHARS = 500;

  private Plain() {}

  /** A copy of the text; null stays null. */
  public static @Nullable String orNull(@Nullable String text, int maxChars) {
    return text == null ? null : of(text, maxChars);
  }

  /** At most so many characters, each printable. */
  public static String of(String text, int maxChars) {
    StringBuilder plain = new StringBuilder(Math.min(text.length(), maxChars) + 1);
    int end = 0;
    while (end < text.length()) {
      int point = text.codePointAt(end);
      if (plain.length() + Character.charCount(point) > maxChars) {
        return plain.append('…').toString();
      }
      plain.appendCodePoint(
          isPrintable(point) ? point : Character.isWhitespace(point) ? ' ' : 0xFFFD);
      end += Character.charCount(point);
    }
    return plain.toString();
  }

  private static boolean isPrintable(int point) {
    return Text.isHarmless(point) && Character.isDefined(point);
  }
}
