package whorl.agent.config;

/**
 * What the startup line says about a setting that is not understood. The line stays one line, and a
 * mistyped key may stand before a secret, so texts are bounded, on one line and without what may be
 * one.
 */
final class Shown {
  private static final int MAX_CHARS = 80;

  private Shown() {}

  static String problem(String key, String value, String why, String instead) {
    StringBuilder problem = new StringBuilder(key);
    problem.append('=').append(value).append(" (").append(why);
    return problem.append("; ").append(instead).append(')').toString();
  }

  /** The value as it was given, without the user and password of a URL. */
  static String value(String text) {
    String line = line(text);
    int scheme = line.indexOf("://");
    int at = line.lastIndexOf('@');
    return scheme >= 0 && at > scheme
        ? line.substring(0, scheme + 3).concat("***").concat(line.substring(at))
        : line;
  }

  /** What stands before an equals sign; the rest may be a secret under a mistyped name. */
  static String name(String text) {
    int equals = text.indexOf('=');
    return line(equals < 0 ? text : text.substring(0, equals));
  }

  private static String line(String text) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < text.length() && i < MAX_CHARS; i++) {
      char c = text.charAt(i);
      line.append(Character.isISOControl(c) ? ' ' : c);
    }
    return text.length() > MAX_CHARS ? line.append('…').toString() : line.toString();
  }
}
