package whorl.rules.match;

import org.jspecify.annotations.Nullable;

/**
 * Finds the longest plain text that every match of a regular expression contains. Understands only
 * simple expressions; for all others the result is unknown.
 */
final class RegexLiteral {
  /** Escapes for a class of characters, or for a boundary. */
  private static final String CLASSES = "dDwWsSbBAzZ";

  private static final String REPETITIONS = "*?+{";

  private final String expression;
  private final StringBuilder run = new StringBuilder();
  private String longest = "";
  private int position;

  private RegexLiteral(String expression) {
    this.expression = expression;
  }

  /** Null if it is unknown or there is none. */
  static @Nullable String of(String expression) {
    RegexLiteral parser = new RegexLiteral(expression);
    return parser.parse() && !parser.longest.isEmpty() ? parser.longest : null;
  }

  /**
   * True if matches can only be at the beginning of a text, for an expression without MULTILINE;
   * false if that is unknown.
   */
  static boolean isAtBeginning(String expression) {
    boolean anchored =
        expression.startsWith("^")
            && (expression.length() == 1 || REPETITIONS.indexOf(expression.charAt(1)) < 0);
    // {@code parse} fails for alternatives outside a group.
    return anchored && new RegexLiteral(expression).parse();
  }

  private boolean parse() {
    while (position < expression.length()) {
      char c = expression.charAt(position++);
      boolean understood =
          switch (c) {
            case '\\' -> escape(true);
            case '[' -> ended() && skipClass();
            case '(' -> ended() && skipGroup();
            case '*', '?' -> withoutLast();
            case '{' -> withoutLast() && skipTo('}');
            case '+', '.', '^', '$' -> ended();
            case '|', ')', ']', '}' -> false;
            default -> appended(c);
          };
      if (!understood) {
        return false;
      }
    }
    return ended();
  }

  /** The previous character is optional. */
  private boolean withoutLast() {
    if (run.length() > 0) {
      run.setLength(run.length() - 1);
    }
    return ended();
  }

  private boolean ended() {
    longest = run.length() > longest.length() ? run.toString() : longest;
    run.setLength(0);
    return true;
  }

  private boolean appended(char c) {
    run.append(c);
    return true;
  }

  /**
   * @param outside true outside of character classes and groups
   */
  private boolean escape(boolean outside) {
    if (position >= expression.length()) {
      return false;
    }
    char c = expression.charAt(position++);
    boolean plain = !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9');
    if (plain) {
      return !outside || appended(c);
    }
    return CLASSES.indexOf(c) >= 0 && (!outside || ended());
  }

  private boolean skipClass() {
    int from = position;
    while (position < expression.length()) {
      char c = expression.charAt(position++);
      boolean first =
          position == from + 1 || (position == from + 2 && expression.charAt(from) == '^');
      if (c == '[' || (c == ']' && first) || (c == '\\' && !escape(false))) {
        return false;
      }
      if (c == ']') {
        return true;
      }
    }
    return false;
  }

  private boolean skipGroup() {
    if (expression.startsWith("?", position) && !expression.startsWith("?:", position)) {
      return false;
    }
    for (int depth = 1; depth > 0; ) {
      if (position >= expression.length()) {
        return false;
      }
      char c = expression.charAt(position++);
      boolean understood =
          switch (c) {
            case '\\' -> escape(false);
            case '[' -> skipClass();
            case '(' ->
                !expression.startsWith("?", position) || expression.startsWith("?:", position);
            default -> true;
          };
      if (!understood) {
        return false;
      }
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    }
    return true;
  }

  private boolean skipTo(char end) {
    position = expression.indexOf(end, position) + 1;
    return position > 0;
  }
}
