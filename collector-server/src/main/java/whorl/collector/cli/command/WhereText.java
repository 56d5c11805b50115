package whorl.collector.cli.command;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import whorl.collector.cli.terminal.CliException;

/**
 * A condition on a field, the same in all commands: {@code FIELD=VALUE}, {@code FIELD!=VALUE},
 * {@code FIELD<VALUE}, {@code FIELD>VALUE}, with {@code *} for any characters; or {@code
 * FIELD:OP:VALUE}, which takes the value as it is.
 *
 * @param op eq, ne, contains, prefix, lt or gt
 * @param literal true if a star in the value is a star
 */
public record WhereText(String field, String op, String value, boolean literal) {
  private static final Pattern WITH_WORD =
      Pattern.compile("([^:=!<>\\s]+):(eq|ne|contains|prefix|lt|gt):(.*)", Pattern.DOTALL);
  private static final Pattern WITH_SIGN =
      Pattern.compile("([^=!<>]+)(!=|=|<|>)(.*)", Pattern.DOTALL);

  /**
   * Reads a condition.
   *
   * @throws IllegalArgumentException if it is of another form
   */
  public static WhereText of(String text) {
    Matcher word = WITH_WORD.matcher(text);
    if (word.matches()) {
      return new WhereText(word.group(1), word.group(2), word.group(3), true);
    }
    Matcher sign = WITH_SIGN.matcher(text);
    if (!sign.matches()) {
      throw new IllegalArgumentException(
          "not FIELD=VALUE, FIELD!=VALUE or FIELD:OP:VALUE, where OP is eq, ne, contains, prefix,"
              + " lt or gt: "
              + text);
    }
    String op =
        switch (sign.group(2)) {
          case "=" -> "eq";
          case "!=" -> "ne";
          case "<" -> "lt";
          default -> "gt";
        };
    return new WhereText(sign.group(1).strip(), op, sign.group(3), false);
  }

  /**
   * The condition as the API has it, {@code column:op:value}.
   *
   * @throws CliException of wrong usage if it is of another form
   */
  public static String ofTimeline(String text) {
    try {
      return of(text).forTimeline();
    } catch (IllegalArgumentException e) {
      throw CliException.usage("--where: " + e.getMessage(), null);
    }
  }

  private String forTimeline() {
    String inner = value;
    String how = op;
    if (!literal && op.equals("eq") && value.endsWith("*")) {
      boolean both = value.startsWith("*") && value.length() > 1;
      inner = value.substring(both ? 1 : 0, value.length() - 1);
      how = both ? "contains" : "prefix";
    }
    if (!literal && inner.indexOf('*') >= 0) {
      throw new IllegalArgumentException(
          "a * is possible at the end of a value, or at both ends: "
              + value
              + "; "
              + field
              + ":eq:VALUE takes it as it is");
    }
    return field + ":" + how + ":" + inner;
  }

  /** True if the text has the value in it, or begins with it, in any case. */
  public boolean holdsLiterally(String text) {
    String found = text.toLowerCase(Locale.ROOT);
    String wanted = value.toLowerCase(Locale.ROOT);
    return op.equals("contains") ? found.contains(wanted) : found.startsWith(wanted);
  }
}
