package whorl.collector.alerts.triage;

import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.WrittenText;

/** Checks what people write about alerts. */
final class TriageText {
  private static final int COMMENT_CHARS = 4_000;
  private static final int LINE_CHARS = 500;

  private TriageText() {}

  /** A comment, which may have several lines; null if there is none. */
  static @Nullable String comment(@Nullable String text) {
    return text == null ? null : checked("comment", text, COMMENT_CHARS, true);
  }

  /** A line; null if there is none. */
  static @Nullable String line(String name, @Nullable String text) {
    return text == null ? null : checked(name, text.strip(), LINE_CHARS, false);
  }

  /** A line that must be there. */
  static String required(String name, @Nullable String text) {
    String line = line(name, text);
    if (line == null) {
      throw WrittenText.refused(name, "is missing");
    }
    return line;
  }

  private static String checked(String name, String text, int chars, boolean lines) {
    if (text.isBlank()) {
      throw WrittenText.refused(name, "is empty; write something, or leave it out");
    }
    return lines ? WrittenText.lines(name, text, chars) : WrittenText.line(name, text, chars);
  }
}
