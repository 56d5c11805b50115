package whorl.collector.cli;

/**
 * Text from elsewhere, made harmless for a terminal. A service's name or an alert's title is chosen
 * by whoever runs the application, and by an intruder in it: control characters could move the
 * cursor, rewrite what stands above or set the window's title, and bidirectional overrides could
 * show a path in another order than it has.
 */
final class Printable {
  private static final char REPLACEMENT = '\uFFFD';

  private Printable() {}

  /** The same text, each character that does more than stand in its place replaced. */
  static String of(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints().forEach(c -> safe.appendCodePoint(harmless(c) ? c : REPLACEMENT));
    return safe.toString();
  }

  private static boolean harmless(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }
}
