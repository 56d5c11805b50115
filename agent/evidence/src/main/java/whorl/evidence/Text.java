package whorl.evidence;

/** Quotes hostile text in our own messages. */
public final class Text {
  private static final int QUOTED_MAX_CHARS = 80;

  private Text() {}

  /** At most 80 characters of {@code text}, control characters replaced. */
  public static String shortened(String text) {
    String head =
        text.length() <= QUOTED_MAX_CHARS ? text : text.substring(0, QUOTED_MAX_CHARS) + "…";
    StringBuilder printable = new StringBuilder(head.length());
    for (int i = 0; i < head.length(); i++) {
      char c = head.charAt(i);
      printable.append(Character.isISOControl(c) ? '\uFFFD' : c);
    }
    return printable.toString();
  }
}
