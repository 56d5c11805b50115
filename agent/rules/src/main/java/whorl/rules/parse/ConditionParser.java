package whorl.rules.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import whorl.rules.match.Logic;
import whorl.rules.match.Matcher;
import whorl.rules.match.RuleRefused;
import whorl.rules.match.TextTest;
import whorl.rules.match.WildcardText;

/**
 * Sigma's {@code condition} over named selections.
 *
 * <pre>
 * or      := and ("or" and)*
 * and     := not ("and" not)*
 * not     := "not" not | primary
 * primary := "(" or ")" | ("1" | "any" | "all") "of" ("them" | pattern) | identifier
 * </pre>
 */
final class ConditionParser {
  private static final int MAX_CHARS = 8 << 10;
  private static final int MAX_DEPTH = 50;

  private final Map<String, Detection.Selection> selections;
  private final Set<String> used;
  private final RuleSize size;
  private final List<String> tokens;
  private int position;
  private int depth;

  private ConditionParser(
      Map<String, Detection.Selection> selections,
      Set<String> used,
      RuleSize size,
      List<String> tokens) {
    this.selections = selections;
    this.used = used;
    this.size = size;
    this.tokens = tokens;
  }

  /**
   * @param used receives the names of the selections that the condition uses
   * @param size counts the selections that it means, and their values
   */
  static Matcher parse(
      String condition,
      Map<String, Detection.Selection> selections,
      Set<String> used,
      RuleSize size)
      throws RuleRefused {
    ConditionParser parser = new ConditionParser(selections, used, size, tokens(condition));
    Matcher matcher = parser.or();
    if (parser.position < parser.tokens.size()) {
      throw parser.unexpected();
    }
    return matcher;
  }

  private static List<String> tokens(String condition) throws RuleRefused {
    if (condition.length() > MAX_CHARS) {
      throw new RuleRefused("the condition is longer than " + MAX_CHARS + " characters");
    }
    List<String> tokens = new ArrayList<>();
    int i = 0;
    while (i < condition.length()) {
      char c = condition.charAt(i);
      int from = i;
      if (Character.isWhitespace(c)) {
        i++;
      } else if (c == '(' || c == ')') {
        i++;
        tokens.add(String.valueOf(c));
      } else if (isName(c)) {
        while (i < condition.length() && isName(condition.charAt(i))) {
          i++;
        }
        tokens.add(condition.substring(from, i));
      } else if (c == '|') {
        throw new RuleRefused(
            "aggregation ('|' in the condition) is not supported; count with a correlation");
      } else {
        throw new RuleRefused(
            "the condition has a character it cannot have: "
                + RuleRefused.quoted(String.valueOf(c)));
      }
    }
    return tokens;
  }

  private static boolean isName(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '*' || c == '.';
  }

  private Matcher or() throws RuleRefused {
    List<Matcher> parts = new ArrayList<>();
    do {
      parts.add(and());
    } while (accept("or"));
    return Logic.any(parts);
  }

  private Matcher and() throws RuleRefused {
    List<Matcher> parts = new ArrayList<>();
    do {
      parts.add(not());
    } while (accept("and"));
    return Logic.all(parts);
  }

  private Matcher not() throws RuleRefused {
    if (++depth > MAX_DEPTH) {
      throw new RuleRefused("the condition is nested more than " + MAX_DEPTH + " deep");
    }
    Matcher matcher = accept("not") ? Logic.not(not()) : primary();
    depth--;
    return matcher;
  }

  private Matcher primary() throws RuleRefused {
    if (accept("(")) {
      Matcher inner = or();
      if (!accept(")")) {
        throw position < tokens.size()
            ? unexpected()
            : new RuleRefused("the condition lacks a closing parenthesis");
      }
      return inner;
    }
    if (position + 1 < tokens.size() && tokens.get(position + 1).equalsIgnoreCase("of")) {
      return someOf();
    }
    if (position >= tokens.size() || isReserved(tokens.get(position))) {
      throw unexpected();
    }
    String name = tokens.get(position++);
    Detection.Selection selection = selections.get(name);
    if (selection == null) {
      throw new RuleRefused(
          "the condition names "
              + RuleRefused.quoted(name)
              + ", which detection does not have; it has "
              + String.join(", ", selections.keySet()));
    }
    used.add(name);
    size.add(selection.values());
    return selection.matcher();
  }

  private Matcher someOf() throws RuleRefused {
    String quantity = tokens.get(position).toLowerCase(Locale.ROOT);
    boolean all = quantity.equals("all");
    if (!all && !quantity.equals("1") && !quantity.equals("any")) {
      throw new RuleRefused(
          "only '1 of', 'any of' and 'all of' are supported, not "
              + RuleRefused.quoted(quantity + " of"));
    }
    position += 2;
    if (position >= tokens.size() || tokens.get(position).equals("(")) {
      throw unexpected();
    }
    String pattern = tokens.get(position++);
    List<Matcher> chosen = chosen(pattern);
    if (chosen.isEmpty()) {
      throw new RuleRefused(
          "the condition's "
              + RuleRefused.quoted(quantity + " of " + pattern)
              + " means no selection; detection has "
              + String.join(", ", selections.keySet()));
    }
    return all ? Logic.all(chosen) : Logic.any(chosen);
  }

  private List<Matcher> chosen(String pattern) throws RuleRefused {
    size.add(selections.size());
    boolean them = pattern.equalsIgnoreCase("them");
    TextTest wanted = new TextTest(WildcardText.parse(pattern), true);
    List<Matcher> chosen = new ArrayList<>();
    for (Map.Entry<String, Detection.Selection> selection : selections.entrySet()) {
      String name = selection.getKey();
      if (them ? !name.startsWith("_") : wanted.test(name)) {
        size.add(selection.getValue().values());
        chosen.add(selection.getValue().matcher());
        used.add(name);
      }
    }
    return chosen;
  }

  private boolean accept(String word) {
    if (position < tokens.size() && tokens.get(position).equalsIgnoreCase(word)) {
      position++;
      return true;
    }
    return false;
  }

  private static boolean isReserved(String token) {
    return switch (token.toLowerCase(Locale.ROOT)) {
      case "and", "or", "not", "of", "(", ")" -> true;
      default -> false;
    };
  }

  private RuleRefused unexpected() {
    return new RuleRefused(
        position < tokens.size()
            ? "the condition has "
                + RuleRefused.quoted(tokens.get(position))
                + " where it makes no sense (word "
                + (position + 1)
                + ")"
            : "the condition ends too early");
  }
}
