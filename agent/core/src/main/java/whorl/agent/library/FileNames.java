package whorl.agent.library;

import org.jspecify.annotations.Nullable;

/**
 * What the name of a jar says: {@code log4j-core-2.14.1.jar} is version 2.14.1 of log4j-core.
 *
 * @param version null if the name has none
 */
record FileNames(String name, @Nullable String version) {
  /** Splits at the first hyphen before a digit, as Maven joins name and version. */
  static FileNames of(String path) {
    String file = path.substring(path.lastIndexOf('/') + 1);
    int dot = file.lastIndexOf('.');
    String base = dot > 0 ? file.substring(0, dot) : file;
    for (int at = base.indexOf('-'); at > 0; at = base.indexOf('-', at + 1)) {
      if (at + 1 < base.length() && isDigit(base.charAt(at + 1)) && isVersion(base, at + 1)) {
        return new FileNames(base.substring(0, at), base.substring(at + 1));
      }
    }
    return new FileNames(base.isEmpty() ? file : base, null);
  }

  /** {@code 3d-models-1.2} begins with a digit and is none: a version's first part is a number. */
  private static boolean isVersion(String text, int from) {
    int at = from;
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
    return at == text.length() || ".-_".indexOf(text.charAt(at)) >= 0;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
