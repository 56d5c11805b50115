package whorl.agent.config;

/**
 * What the startup line says about a setting that is not understood. The line stays one line, and a
 * mistyped key may stand before a secret, so texts are bounded, on one line and without what may be
 * one.
 */
final class SettingProblem {
  private static final int MAX_CHARS = 80;

  private SettingProblem() {}

  static String problem(String key, String value, String why, String instead) {
    StringBuilder problem = new StringBuilder(key);
    problem.append('=').append(value).append(" (").append(why);
    return problem.append("; ").append(instead).append(')').toString();
  }

  /** The value as it was given, without the user and password of a URL. */
  static String value(String text) {
    int scheme = text.indexOf("://");
    int at = text.lastIndexOf('@');
    // Masked before it is cut, since half a password has no sign after it.
    return line(
        scheme >= 0 && at > scheme
            ? text.substring(0, scheme + 3).concat("***").concat(text.substring(at))
            : text);
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
