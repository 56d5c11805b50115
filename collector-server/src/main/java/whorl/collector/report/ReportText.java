package whorl.collector.report;

import java.util.Locale;
import whorl.evidence.Text;

/**
 * Text of evidence on one line, of bounded length, with characters that do not show written as
 * {@code <U+202E>}: they could reverse the order of what follows, or hide it.
 */
final class ReportText {
  /** The most characters of one text. */
  static final int MAX_CHARS = 4_000;

  private ReportText() {}

  static String of(String text) {
    return of(text, MAX_CHARS);
  }

  static String of(String text, int maxChars) {
    StringBuilder shown = new StringBuilder(Math.min(text.length(), maxChars) + 1);
    int i = 0;
    while (i < text.length() && shown.length() < maxChars) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      if (point == '\n' || point == '\r' || point == '\t') {
        shown.append(' ');
      } else if (isShown(point)) {
        shown.appendCodePoint(point);
      } else {
        shown.append(String.format(Locale.ROOT, "<U+%04X>", point));
      }
    }
    if (i < text.length()) {
      shown.append('…');
    }
    return shown.toString();
  }

  private static boolean isShown(int point) {
    return Text.isHarmless(point)
        && Character.isDefined(point)
        && Character.getType(point) != Character.PRIVATE_USE;
  }
}
