package whorl.agent.config;

/**
 * Describes an invalid setting for the startup line. The line must stay one line, and the text may
 * be a secret after a mistyped key, so texts are bounded, on one line and without possible secrets.
 */
final class SettingProblem {
  private static final int MAX_CHARS = 80;

  private SettingProblem() {}

  static String problem(String key, String value, String why, String instead) {
    StringBuilder problem = new StringBuilder(key);
    problem.append('=').append(value).append(" (").append(why);
    return problem.append("; ").append(instead).append(')').toString();
  }

  /** The given value, without the user and password of a URL. */
  static String value(String text) {
    int scheme = text.indexOf("://");
    int at = text.lastIndexOf('@');
    // Masked before it is cut, because the end of half a password is not recognizable.
    return line(
        scheme >= 0 && at > scheme
            ? text.substring(0, scheme + 3).concat("***").concat(text.substring(at))
            : text);
  }

  /** The text before an equals sign; the rest may be a secret under a mistyped name. */
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
