package whorl.rules.parse;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import whorl.rules.match.RuleRefused;
import whorl.rules.match.WildcardText;

/**
 * The modifiers after a field's name, separated by {@code |}: Sigma 2.1's value modifiers, parsed
 * and checked for conflicts.
 *
 * @param regexFlags of {@link Pattern}, for {@link Kind#REGEX}
 */
public record Modifiers(
    Kind kind,
    Shape shape,
    Encoding encoding,
    boolean all,
    boolean cased,
    boolean negated,
    boolean anyDash,
    int regexFlags) {

  /** How the values are interpreted. */
  enum Kind {
    TEXT,
    REGEX,
    NETWORK,
    EXISTS,
    FIELD,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL
  }

  /** Where in the field's text the value must occur. */
  public enum Shape {
    WHOLE,
    START,
    END,
    ANYWHERE;

    public WildcardText around(WildcardText text) {
      return text.padded(this == END || this == ANYWHERE, this == START || this == ANYWHERE);
    }
  }

  private static final String SUPPORTED =
      "all, contains, startswith, endswith, cased, neq, windash, exists, re (with i, m, s), cidr,"
          + " fieldref, lt, lte, gt, gte, base64, base64offset, utf16le, utf16be, utf16, wide";
  private static final Set<String> DATE_MODIFIERS =
      Set.of("minute", "hour", "day", "week", "month", "year");

  /**
   * @param words in their order in the rule
   */
  static Modifiers parse(List<String> words) throws RuleRefused {
    Parser parser = new Parser();
    for (String word : words) {
      parser.add(word);
    }
    return parser.build();
  }

  private static final class Parser {
    private final Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    private final Set<Shape> shapes = EnumSet.noneOf(Shape.class);
    private Encoding encoding = Encoding.NONE;
    private boolean all;
    private boolean cased;
    private boolean negated;
    private boolean anyDash;
    private int regexFlags;
    private final List<String> words = new ArrayList<>();

    void add(String word) throws RuleRefused {
      words.add(word);
      switch (word) {
        case "contains" -> shapes.add(Shape.ANYWHERE);
        case "startswith" -> shapes.add(Shape.START);
        case "endswith" -> shapes.add(Shape.END);
        case "all" -> all = true;
        case "cased" -> cased = true;
        case "neq" -> negated = true;
        case "windash" -> anyDash = true;
        case "re" -> kinds.add(Kind.REGEX);
        case "i" -> regexFlag(word, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
        case "m" -> regexFlag(word, Pattern.MULTILINE);
        case "s" -> regexFlag(word, Pattern.DOTALL);
        case "cidr" -> kinds.add(Kind.NETWORK);
        case "exists" -> kinds.add(Kind.EXISTS);
        case "fieldref" -> kinds.add(Kind.FIELD);
        case "lt" -> kinds.add(Kind.LESS);
        case "lte" -> kinds.add(Kind.LESS_OR_EQUAL);
        case "gt" -> kinds.add(Kind.GREATER);
        case "gte" -> kinds.add(Kind.GREATER_OR_EQUAL);
        case "base64", "base64offset", "utf16le", "utf16be", "utf16", "wide" -> encode(word);
        case "expand" ->
            throw new RuleRefused("modifier 'expand' is not supported: there are no placeholders");
        default ->
            throw new RuleRefused(
                DATE_MODIFIERS.contains(word)
                    ? "modifier '" + word + "' is not supported: no field is a date"
                    : "modifier "
                        + RuleRefused.quoted(word)
                        + " is not supported; these are: "
                        + SUPPORTED);
      }
    }

    private void regexFlag(String word, int flag) throws RuleRefused {
      if (!kinds.contains(Kind.REGEX)) {
        throw new RuleRefused("modifier '" + word + "' stands after 're' only");
      }
      regexFlags |= flag;
    }

    private void encode(String word) throws RuleRefused {
      if (!shapes.isEmpty()) {
        throw new RuleRefused(
            "modifier '" + word + "' stands before contains, startswith and endswith");
      }
      encoding = encoding.then(word);
    }

    Modifiers build() throws RuleRefused {
      if (kinds.size() > 1 || shapes.size() > 1) {
        throw new RuleRefused("modifiers exclude each other: " + String.join(", ", words));
      }
      Kind kind = kinds.isEmpty() ? Kind.TEXT : kinds.iterator().next();
      Shape shape = shapes.isEmpty() ? Shape.WHOLE : shapes.iterator().next();
      boolean encoded = !encoding.equals(Encoding.NONE);
      if ((encoded || anyDash) && kind != Kind.TEXT) {
        throw new RuleRefused("base64, utf16, wide and windash are for plain texts only");
      }
      if (anyDash && encoded) {
        throw new RuleRefused("windash cannot be joined with an encoding");
      }
      if ((shape != Shape.WHOLE || cased) && kind != Kind.TEXT && kind != Kind.FIELD) {
        throw new RuleRefused(
            "contains, startswith, endswith and cased are for texts, not for re, cidr, exists or"
                + " numbers");
      }
      return new Modifiers(kind, shape, encoding, all, cased, negated, anyDash, regexFlags);
    }
  }
}
