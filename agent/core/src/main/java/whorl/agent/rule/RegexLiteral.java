package whorl.agent.rule;

import org.jspecify.annotations.Nullable;

/**
 * The longest plain text that is part of whatever a regular expression finds. It reads the plain
 * ones, of what people write to find a text in a text; of all else it says that it knows nothing.
 */
final class RegexLiteral {
  /** Escapes that stand for one character of some kind, or for a place. */
  private static final String CLASSES = "dDwWsSbBAzZ";

  private static final String REPETITIONS = "*?+{";

  private final String expression;
  private final StringBuilder run = new StringBuilder();
  private String longest = "";
  private int at;

  private RegexLiteral(String expression) {
    this.expression = expression;
  }

  /** Null where it is not known, or there is none. */
  static @Nullable String of(String expression) {
    RegexLiteral reading = new RegexLiteral(expression);
    return reading.read() && !reading.longest.isEmpty() ? reading.longest : null;
  }

  /**
   * Whether what it finds can only be at a text's beginning, where {@code ^} means that alone;
   * false where that is not known.
   */
  static boolean isAtBeginning(String expression) {
    boolean anchored =
        expression.startsWith("^")
            && (expression.length() == 1 || REPETITIONS.indexOf(expression.charAt(1)) < 0);
    // It reads no alternatives but those in a group.
    return anchored && new RegexLiteral(expression).read();
  }

  private boolean read() {
    while (at < expression.length()) {
      char c = expression.charAt(at++);
      boolean known =
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
      if (!known) {
        return false;
      }
    }
    return ended();
  }

  /** The character before may be there any number of times, none included. */
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
   * @param outside whether it is on the way of all that is found
   */
  private boolean escape(boolean outside) {
    if (at >= expression.length()) {
      return false;
    }
    char c = expression.charAt(at++);
    boolean plain = !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9');
    if (plain) {
      return !outside || appended(c);
    }
    return CLASSES.indexOf(c) >= 0 && (!outside || ended());
  }

  private boolean skipClass() {
    int from = at;
    while (at < expression.length()) {
      char c = expression.charAt(at++);
      boolean first = at == from + 1 || (at == from + 2 && expression.charAt(from) == '^');
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
    if (expression.startsWith("?", at) && !expression.startsWith("?:", at)) {
      return false;
    }
    for (int depth = 1; depth > 0; ) {
      if (at >= expression.length()) {
        return false;
      }
      char c = expression.charAt(at++);
      boolean known =
          switch (c) {
            case '\\' -> escape(false);
            case '[' -> skipClass();
            case '(' -> !expression.startsWith("?", at) || expression.startsWith("?:", at);
            default -> true;
          };
      if (!known) {
        return false;
      }
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    }
    return true;
  }

  private boolean skipTo(char end) {
    at = expression.indexOf(end, at) + 1;
    return at > 0;
  }
}
