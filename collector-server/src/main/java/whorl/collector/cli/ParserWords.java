package whorl.collector.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Says in words of users what the parser says in its own. */
final class ParserWords {
  private static final Map<Pattern, String> WORDS = new LinkedHashMap<>();

  static {
    add("Missing required subcommand", "no command is given");
    add("Invalid value for option '([^']+)'(?: \\([^)]*\\))?: (.*)", "$1: $2");
    add(
        "Invalid value for positional parameter at index [0-9.*]+ \\(<?([^)>]+)>?\\): (.*)",
        "$1: $2");
    add(
        "Value for option (?:option )?'([^']+)'(?: \\([^)]*\\))? should be in KEY=VALUE format but"
            + " was (.*)",
        "$1: not of the form KEY=VALUE: $2");
    add("Missing required parameters?: (.*)", "not given: $1");
    add("Missing required options?: (.*)", "not given: $1");
    add("Missing required parameter for option '([^']+)' \\(<?([^)>]+)>?\\)", "$1 needs a value");
    add("Expected parameter for option '([^']+)' but found '([^']+)'", "$1 needs a value, not $2");
    add("option '([^']+)'(?: \\([^)]*\\))? should be specified only once", "$1 is given twice");
  }

  private ParserWords() {}

  private static void add(String pattern, String words) {
    WORDS.put(Pattern.compile(pattern, Pattern.DOTALL), words);
  }

  /** The problem in plain words; as it is if it is not known. */
  static String plain(String problem) {
    for (Map.Entry<Pattern, String> each : WORDS.entrySet()) {
      if (each.getKey().matcher(problem).matches()) {
        return each.getKey().matcher(problem).replaceFirst(each.getValue());
      }
    }
    return problem;
  }
}
