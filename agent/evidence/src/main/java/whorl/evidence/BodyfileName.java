package whorl.evidence;

/**
 * Names in a bodyfile. {@code mactime} reads {@code %XX} in a name as that byte, splits lines at
 * {@code |}, and loses each name with a line break. So a name is first made visible: each control
 * character becomes {@code %XX}, and a {@code %} that looks like such an escape becomes {@code
 * %25}. Then it is escaped: each {@code %} becomes {@code %25} and each {@code |} {@code %7C}.
 * mactime shows the visible name; {@link #read} returns the original one.
 */
public final class BodyfileName {
  private BodyfileName() {}

  /** The name as a line holds it. */
  public static String written(String name) {
    if (isPlain(name)) {
      return name;
    }
    StringBuilder written = new StringBuilder(name.length() + 16);
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '|') {
        written.append("%7C");
      } else if (Character.isISOControl(c)) {
        written.append("%25").append(String.format("%02X", (int) c));
      } else if (c == '%') {
        written.append(isEscape(name, i) ? "%2525" : "%25");
      } else {
        written.append(c);
      }
    }
    return written.toString();
  }

  /**
   * The name that {@link #written} has written; for any other text, the name that mactime would
   * read.
   */
  public static String read(String written) {
    return unescaped(unescaped(written));
  }

  private static boolean isPlain(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '|' || c == '%' || Character.isISOControl(c)) {
        return false;
      }
    }
    return true;
  }

  private static String unescaped(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '%' && isEscape(text, i)) {
        plain.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        plain.append(text.charAt(i));
      }
    }
    return plain.toString();
  }

  private static boolean isEscape(String text, int percent) {
    return percent + 2 < text.length()
        && isHex(text.charAt(percent + 1))
        && isHex(text.charAt(percent + 2));
  }

  private static boolean isHex(char c) {
    return c < 0x80 && Character.digit(c, 16) >= 0;
  }
}
