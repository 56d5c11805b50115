package whorl.agent.attach;

/** Text that another process wrote, made safe for a terminal. */
final class Printable {
  private Printable() {}

  /** Returns it without control characters, in one line of at most so many characters. */
  static String text(String text, int maxChars) {
    StringBuilder printable = new StringBuilder();
    for (int i = 0; i < text.length() && i < maxChars; i++) {
      char c = text.charAt(i);
      printable.append(Character.isISOControl(c) ? ' ' : c);
    }
    return text.length() > maxChars ? printable.append('…').toString() : printable.toString();
  }
}
