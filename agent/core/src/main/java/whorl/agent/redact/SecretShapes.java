package whorl.agent.redact;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What a secret looks like whatever its name. The patterns have no nested repetition and begin
 * where a word begins, so that no text makes them slow; some keep a head that tells what it was.
 */
final class SecretShapes {
  /**
   * One kind of secret.
   *
   * @param needs what a text must have in it for the pattern to find anything
   * @param leastChars how long a text must be for that
   */
  private record Shape(Pattern pattern, String replacement, String needs, int leastChars) {
    /** Whether it is worth while to look; most texts are short and have nothing of the kind. */
    boolean mayBeIn(String text) {
      return text.length() >= leastChars && text.contains(needs);
    }
  }

  private static final List<Shape> SHAPES =
      List.of(
          // The password, or the lone token, in front of a URL's host.
          shape("@", 6, "(://[^\\s:/?#@]{0,256}:)[^\\s/?#]{1,4096}@", "$1" + Redactor.MASK + "@"),
          shape("@", 20, "(://)[^\\s:/?#@]{16,4096}@", "$1" + Redactor.MASK + "@"),
          shape(
              "",
              14,
              "(?i)\\b(bearer|negotiate|digest|basic)(\\s{1,8}+)[A-Za-z0-9._~+/=-]{8,}+",
              "$1$2" + Redactor.MASK),
          // JWT: two parts or three, the first being the Base64 of {" or of { and a space.
          shape(
              "ey",
              15,
              "(?<![A-Za-z0-9_-])ey[A-Za-z0-9_-]{8,}+\\.[A-Za-z0-9_-]{4,}+(?:\\.[A-Za-z0-9_-]*+)?+",
              Redactor.MASK),
          // AWS access key ids, and what has the shape of the secret beside them.
          shape("A", 20, "\\b(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ANVA)[A-Z0-9]{16}\\b", Redactor.MASK),
          shape(
              "",
              40,
              "(?<![A-Za-z0-9/+=])(?=[a-z0-9/+]{0,39}[A-Z])(?=[A-Z0-9/+]{0,39}[a-z])"
                  + "(?=[A-Za-z/+]{0,39}[0-9])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])",
              Redactor.MASK),
          // Tokens that say whose they are.
          shape(
              "",
              20,
              "(?<![A-Za-z0-9_-])(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|sk_live_|rk_live_|npm_|hvs\\.|AIza)"
                  + "[A-Za-z0-9_-]{16,}+",
              Redactor.MASK));

  private static final String PEM_BEGIN = "-----BEGIN ";
  private static final String PEM_END = "-----END ";
  private static final String PEM_DASHES = "-----";
  private static final int PEM_LABEL_MAX_CHARS = 64;

  private SecretShapes() {}

  static String mask(String text) {
    String shown = maskPrivateKeys(text);
    for (Shape shape : SHAPES) {
      if (shape.mayBeIn(shown)) {
        shown = shape.pattern.matcher(shown).replaceAll(shape.replacement);
      }
    }
    return shown;
  }

  /** PEM private keys, also on one line; one without an end takes the rest of the text with it. */
  private static String maskPrivateKeys(String text) {
    StringBuilder shown = null;
    int copied = 0;
    int begin = text.indexOf(PEM_BEGIN);
    while (begin >= 0) {
      int labelStart = begin + PEM_BEGIN.length();
      int labelEnd = text.indexOf(PEM_DASHES, labelStart);
      String label = text.substring(labelStart, labelEnd < 0 ? text.length() : labelEnd);
      int next = labelStart;
      if (label.contains("PRIVATE KEY") || label.length() > PEM_LABEL_MAX_CHARS) {
        int end = text.indexOf(PEM_END, labelStart);
        int closing = end < 0 ? -1 : text.indexOf(PEM_DASHES, end + PEM_END.length());
        next = closing < 0 ? text.length() : closing + PEM_DASHES.length();
        shown = shown == null ? new StringBuilder() : shown;
        shown.append(text, copied, begin).append(Redactor.MASK);
        copied = next;
      }
      begin = text.indexOf(PEM_BEGIN, next);
    }
    return shown == null ? text : shown.append(text, copied, text.length()).toString();
  }

  private static Shape shape(String needs, int leastChars, String regex, String replacement) {
    return new Shape(Pattern.compile(regex), replacement, needs, leastChars);
  }
}
