package whorl.collector.cli.terminal;

import whorl.evidence.Text;

/**
 * Makes foreign text harmless for a terminal. Service names and alert titles are chosen by
 * applications and by intruders in them: control characters could move the cursor, overwrite
 * earlier lines or set the window's title, and bidirectional overrides could show a path in a wrong
 * order.
 */
public final class Printable {
  private static final char REPLACEMENT = '\uFFFD';

  private Printable() {}

  /** The same text, with all characters replaced that affect more than their own place. */
  public static String of(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints().forEach(c -> safe.appendCodePoint(Text.isHarmless(c) ? c : REPLACEMENT));
    return safe.toString();
  }
}
