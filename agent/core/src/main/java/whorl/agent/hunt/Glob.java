package whorl.agent.hunt;

/**
 * A name in which {@code *} stands for any characters and {@code ?} for one. Matching takes at most
 * the product of both lengths; no pattern is slower. Immutable.
 */
final class Glob {
  private final String pattern;
  private final boolean exact;

  /**
   * @param pattern of a bounded length
   */
  Glob(String pattern) {
    this.pattern = pattern;
    this.exact = pattern.indexOf('*') < 0 && pattern.indexOf('?') < 0;
  }

  boolean matches(String text) {
    return exact ? pattern.equals(text) : matchesWildcards(text);
  }

  /** Only the last star can ever take more characters, so there is one place to go back to. */
  private boolean matchesWildcards(String text) {
    int at = 0;
    int next = 0;
    int star = -1;
    int starTook = 0;
    while (at < text.length()) {
      char wanted = next < pattern.length() ? pattern.charAt(next) : 0;
      if (next < pattern.length() && wanted == '*') {
        star = next++;
        starTook = at;
      } else if (next < pattern.length() && (wanted == '?' || wanted == text.charAt(at))) {
        next++;
        at++;
      } else if (star >= 0) {
        next = star + 1;
        at = ++starTook;
      } else {
        return false;
      }
    }
    while (next < pattern.length() && pattern.charAt(next) == '*') {
      next++;
    }
    return next == pattern.length();
  }
}
