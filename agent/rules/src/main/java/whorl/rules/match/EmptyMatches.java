package whorl.rules.match;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what a search may do without reading a character: {@link RegexTest} counts only what is
 * read. An expression such as {@code (|)(|)(|)(|)x} can match nothing in exponentially many ways,
 * and {@code (^){2000000000}} takes seconds at each position. Follows the syntax of {@link
 * Pattern}.
 */
final class EmptyMatches {
  /** The most ways from one character that is read to the next. */
  static final int MAX = 500;

  private static final int MAX_DEPTH = 100;
  private static final long CAP = 1L << 30;
  private static final Ways READS = new Ways(0, 1);
  private static final Ways EMPTY = new Ways(1, 1);

  private final String expression;
  private int position;
  private @Nullable String problem;

  /**
   * The ways through a part of an expression.
   *
   * @param empty ways to match nothing; 0 if it reads a character or fails
   * @param paths upper limit of the ways from one character to the next, within it
   */
  private record Ways(long empty, long paths) {
    static Ways of(long empty, long paths) {
      return new Ways(Math.min(CAP, empty), Math.min(CAP, Math.max(paths, empty)));
    }

    Ways then(Ways next) {
      return of(empty * next.empty, paths * next.paths);
    }

    Ways or(Ways other) {
      return of(empty + other.empty, Math.max(paths, other.paths));
    }

    Ways repeated(long min) {
      if (empty == 0) {
        return of(min == 0 ? 1 : 0, paths);
      }
      return of(min == 0 ? empty + 1 : empty * min, min == 0 ? paths : paths * min);
    }
  }

  private EmptyMatches(String expression) {
    this.expression = expression;
  }

  /**
   * Returns why the expression may take too long; null if it does not.
   *
   * @param expression that {@link Pattern} compiles
   */
  static @Nullable String problem(String expression) {
    EmptyMatches parser = new EmptyMatches(withoutQuotes(expression));
    Ways whole = parser.alternatives(0);
    if (parser.problem != null) {
      return parser.problem;
    }
    if (parser.position < parser.expression.length()) {
      return "its groups are not understood";
    }
    return whole.paths > MAX ? "it can match nothing in more than " + MAX + " ways" : null;
  }

  /** Replaces what is between {@code \Q} and {@code \E} by escaped characters. */
  private static String withoutQuotes(String expression) {
    if (!expression.contains("\\Q")) {
      return expression;
    }
    StringBuilder plain = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < expression.length(); i++) {
      char c = expression.charAt(i);
      char next = i + 1 < expression.length() ? expression.charAt(i + 1) : 0;
      if (c == '\\' && next == (quoted ? 'E' : 'Q')) {
        quoted = !quoted;
        i++;
      } else if (quoted) {
        plain.append(c <= 127 && !Character.isLetterOrDigit(c) ? "\\" : "").append(c);
      } else {
        plain.append(c);
        if (c == '\\' && next != 0) {
          plain.append(next);
          i++;
        }
      }
    }
    return plain.toString();
  }

  private Ways alternatives(int depth) {
    if (depth > MAX_DEPTH) {
      problem = "more than " + MAX_DEPTH + " groups are within each other";
      return READS;
    }
    Ways all = new Ways(0, 1);
    Ways sequence = EMPTY;
    while (problem == null && has() && expression.charAt(position) != ')') {
      char c = next();
      if (c == '|') {
        all = all.or(sequence);
        sequence = EMPTY;
      } else {
        sequence = sequence.then(repeated(element(c, depth)));
      }
    }
    return all.or(sequence);
  }

  private Ways element(char c, int depth) {
    return switch (c) {
      case '\\' -> escape();
      case '[' -> {
        skipClass();
        yield READS;
      }
      case '(' -> group(depth);
      case '^', '$' -> EMPTY;
      default -> READS;
    };
  }

  private Ways escape() {
    char c = next();
    switch (c) {
      case 'b', 'B', 'A', 'G', 'z', 'Z' -> {
        skipBraces();
        return EMPTY;
      }
      case 'k' -> {
        skipTo('>');
        return EMPTY;
      }
      case 'p', 'P', 'x', 'N' -> skipBraces();
      case 'c' -> next();
      default -> {
        if (c >= '1' && c <= '9') {
          while (has() && isDigit(expression.charAt(position))) {
            position++;
          }
          return EMPTY; // the group that it refers to may have matched nothing
        }
      }
    }
    return READS;
  }

  private Ways group(int depth) {
    boolean assertion = false;
    if (has() && expression.charAt(position) == '?') {
      position++;
      char kind = next();
      if (kind == '<') {
        char after = next();
        assertion = after == '=' || after == '!';
        if (!assertion) {
          skipTo('>');
        }
      } else if (kind == '=' || kind == '!') {
        assertion = true;
      } else if (kind != ':' && kind != '>') {
        if (!flags(kind)) {
          return EMPTY;
        }
      }
    }
    Ways inner = alternatives(depth + 1);
    if (next() != ')' && problem == null) {
      problem = "its groups are not understood";
    }
    return assertion ? Ways.of(1, inner.paths) : inner;
  }

  /** Skips flags such as {@code i-m}; true if a group with these flags follows. */
  private boolean flags(char first) {
    for (char c = first; c != ':' && c != ')'; c = next()) {
      if (c == 'x') {
        problem = "comments, by the flag x, are not supported";
      }
      if (problem != null || !has()) {
        return false;
      }
    }
    return expression.charAt(position - 1) == ':';
  }

  private Ways repeated(Ways element) {
    Ways ways = element;
    while (has()) {
      char c = expression.charAt(position);
      if (c == '?' || c == '*' || c == '+') {
        position++;
        ways = ways.repeated(c == '+' ? 1 : 0);
      } else if (c == '{' && isDigit(peekAfter())) {
        position++;
        ways = ways.repeated(least());
      } else {
        return ways;
      }
      if (has() && (expression.charAt(position) == '?' || expression.charAt(position) == '+')) {
        position++; // reluctant or possessive
      }
    }
    return ways;
  }

  private char peekAfter() {
    return position + 1 < expression.length() ? expression.charAt(position + 1) : 0;
  }

  /** Reads the numbers in braces; returns the first. */
  private long least() {
    long least = 0;
    while (has() && isDigit(expression.charAt(position))) {
      least = Math.min(CAP, least * 10 + next() - '0');
    }
    skipTo('}');
    return least;
  }

  /** A class may hold classes; a bracket that comes first is a character. */
  private void skipClass() {
    int depth = 1;
    boolean first = true;
    while (depth > 0 && has()) {
      char c = next();
      if (c == '^' && first && expression.charAt(position - 2) == '[') {
        continue;
      }
      if (c == '\\') {
        escapeInClass();
      } else if (c == '[') {
        depth++;
        first = true;
        continue;
      } else if (c == ']' && !first) {
        depth--;
      }
      first = false;
    }
    if (depth > 0 && problem == null) {
      problem = "its classes of characters are not understood";
    }
  }

  private void escapeInClass() {
    char c = next();
    if (c == 'c') {
      next();
    } else if (c == 'p' || c == 'P' || c == 'x' || c == 'N') {
      skipBraces();
    }
  }

  private void skipBraces() {
    if (has() && expression.charAt(position) == '{') {
      skipTo('}');
    }
  }

  private void skipTo(char end) {
    int found = expression.indexOf(end, position);
    position = found < 0 ? expression.length() : found + 1;
  }

  private boolean has() {
    return position < expression.length();
  }

  private char next() {
    return has() ? expression.charAt(position++) : 0;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
