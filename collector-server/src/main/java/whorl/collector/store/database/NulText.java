package whorl.collector.store.database;

/**
 * Text in PostgreSQL, whose type text refuses the character NUL. U+FDD0, which Unicode reserves for
 * a program's own use, marks what follows it:
 *
 * <pre>
 * U+0000  is stored as  U+FDD0 0
 * U+FDD0  is stored as  U+FDD0 1
 * </pre>
 *
 * So each text has one stored form, and stored forms are equal exactly if the texts are.
 */
final class NulText {
  private static final char NUL = '\0';
  private static final char MARK = '\uFDD0';
  private static final char MARKED_NUL = '0';
  private static final char MARKED_MARK = '1';

  private NulText() {}

  static String encode(String text) {
    if (text.indexOf(NUL) < 0 && text.indexOf(MARK) < 0) {
      return text;
    }
    StringBuilder stored = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case NUL -> stored.append(MARK).append(MARKED_NUL);
        case MARK -> stored.append(MARK).append(MARKED_MARK);
        default -> stored.append(c);
      }
    }
    return stored.toString();
  }

  static String decode(String stored) {
    if (stored.indexOf(MARK) < 0) {
      return stored;
    }
    StringBuilder text = new StringBuilder(stored.length());
    for (int i = 0; i < stored.length(); i++) {
      char c = stored.charAt(i);
      if (c == MARK && i + 1 < stored.length()) {
        i++;
        text.append(stored.charAt(i) == MARKED_NUL ? NUL : MARK);
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}
