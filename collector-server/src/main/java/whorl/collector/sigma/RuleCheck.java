package whorl.collector.sigma;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import whorl.collector.detect.BuiltInRules;
import whorl.event.EventType;
import whorl.evidence.Level;
import whorl.rules.correlate.Correlation;
import whorl.rules.engine.RuleSet;
import whorl.rules.match.Rule;
import whorl.rules.match.RuleHead;
import whorl.rules.match.RuleRefused;

/**
 * What agents would make of a text of rules.
 *
 * @param rules those that they load
 * @param problems what they refuse
 * @param warnings what has no effect
 */
record RuleCheck(List<Loaded> rules, List<Problem> problems, List<String> warnings) {
  /** The name of the text, in problems. */
  static final String NAME = "rule";

  private static final int PROBLEMS_MAX = 100;
  private static final int LOADED_MAX = 1_000;

  /** How the parser says where the YAML is not readable. */
  private static final Pattern YAML_POSITION = Pattern.compile("line ([0-9]+), column ([0-9]+)");

  /** What is wrong names a text of the rule in quotes, or a key before a colon or a dot. */
  private static final Pattern QUOTED = Pattern.compile("'([^']{1,80}?)…?'");

  private static final Pattern KEY = Pattern.compile("([A-Za-z][A-Za-z_-]{2,40})");

  /**
   * A rule that agents load.
   *
   * @param events the types of events that it looks at; for a correlation, the rules that it counts
   * @param alerts false if only correlations use it
   */
  record Loaded(String id, String title, Level level, List<String> events, boolean alerts) {}

  /**
   * What agents refuse.
   *
   * @param line from 1, where it is or where the rule begins; null if no place is known
   * @param column from 1
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Problem(String message, @Nullable Integer line, @Nullable Integer column) {}

  /** A set, and whether the built-in rules are in it. */
  record Parsed(RuleSet set, boolean withBuiltIn) {}

  /** Parses rules; a correlation may count built-in ones. */
  static Parsed parse(String yaml) {
    RuleSet alone = RuleSet.parse(yaml, NAME);
    if (alone.problems().isEmpty() || !yaml.contains("correlation")) {
      return new Parsed(alone, false);
    }
    RuleSet together =
        RuleSet.load(List.of(), Set.of(), true, List.of(new RuleSet.NamedText(NAME, yaml)));
    RuleSet.Outcome outcome = together.outcome(NAME);
    boolean better = outcome != null && outcome.problems().size() < alone.problems().size();
    return better ? new Parsed(together, true) : new Parsed(alone, false);
  }

  /** Checks a text. */
  static RuleCheck of(String yaml) {
    List<RuleDocument> documents = RuleTexts.read(yaml, NAME);
    Parsed parsed = parse(yaml);
    RuleSet set = parsed.set();
    RuleSet.Outcome outcome = set.outcome(NAME);
    List<Loaded> loaded = new ArrayList<>();
    for (Rule rule : set.rules()) {
      if (isOf(rule.head(), documents) && builtIn(rule.id()) == null) {
        loaded.add(
            loaded(
                rule.head(), rule.matchingTypes().stream().map(EventType::jfrName).toList(), set));
      }
    }
    for (Correlation each : set.correlations()) {
      if (isOf(each.head(), documents) && builtIn(each.head().id()) == null) {
        loaded.add(loaded(each.head(), each.rules().stream().map(RuleHead::title).toList(), set));
      }
    }
    List<Problem> problems = new ArrayList<>();
    for (String line : outcome == null ? set.problems() : outcome.problems()) {
      if (problems.size() < PROBLEMS_MAX) {
        problems.add(problem(line, yaml, documents));
      }
    }
    for (RuleDocument document : parsed.withBuiltIn() ? List.<RuleDocument>of() : documents) {
      RuleHead same = builtIn(document.id());
      if (same != null && problems.size() < PROBLEMS_MAX) {
        String line =
            "rule "
                + RuleRefused.quoted(document.title())
                + ": its id "
                + same.id()
                + " is that of "
                + RuleRefused.quoted(same.title())
                + " already";
        problems.add(problem(line, yaml, documents));
      }
    }
    if (loaded.isEmpty() && problems.isEmpty()) {
      problems.add(new Problem("there is no rule in it", null, null));
    }
    List<String> warnings =
        set.warnings().stream()
            .filter(line -> documents.stream().anyMatch(each -> names(line, each)))
            .limit(PROBLEMS_MAX)
            .toList();
    return new RuleCheck(
        loaded.subList(0, Math.min(LOADED_MAX, loaded.size())), problems, warnings);
  }

  /** The built-in rule with this id, which agents have already; null if there is none. */
  private static @Nullable RuleHead builtIn(String id) {
    RuleSet set = BuiltInRules.set();
    return Stream.concat(
            set.rules().stream().map(Rule::head),
            set.correlations().stream().map(Correlation::head))
        .filter(head -> head.id().equalsIgnoreCase(id))
        .findFirst()
        .orElse(null);
  }

  private static Loaded loaded(RuleHead head, List<String> events, RuleSet set) {
    return new Loaded(head.id(), head.title(), head.level(), events, set.alerts(head));
  }

  /** True if the head is of one of the documents, and not of a built-in rule besides them. */
  static boolean isOf(RuleHead head, List<RuleDocument> documents) {
    return documents.stream()
        .anyMatch(
            each -> each.id().equalsIgnoreCase(head.id()) && each.title().equals(head.title()));
  }

  private static boolean names(String line, RuleDocument document) {
    return line.contains("rule " + RuleRefused.quoted(document.title()) + ":");
  }

  private static Problem problem(String line, String yaml, List<RuleDocument> documents) {
    String message = line.startsWith(NAME + ": ") ? line.substring(NAME.length() + 2) : line;
    Matcher position = YAML_POSITION.matcher(message);
    if (!message.startsWith("rule '") && position.find()) {
      return new Problem(message, number(position.group(1)), number(position.group(2)));
    }
    for (RuleDocument document : documents) {
      String title = "rule " + RuleRefused.quoted(document.title()) + ": ";
      if (message.startsWith(title)) {
        return placed(message, message.substring(title.length()), document, yaml);
      }
    }
    return new Problem(message, null, null);
  }

  /** Where the rule has what the message names; else where the rule begins. */
  private static Problem placed(String message, String why, RuleDocument document, String yaml) {
    List<String> lines = yaml.lines().toList();
    int first = document.line() - 1;
    int end = Math.min(lines.size(), first + (int) document.text().lines().count());
    for (Pattern named : List.of(QUOTED, KEY)) {
      Matcher texts = named.matcher(why);
      while (texts.find()) {
        for (int at = Math.max(0, first); at < end; at++) {
          int column = lines.get(at).indexOf(texts.group(1));
          boolean isKey = named != KEY || isKey(lines.get(at), texts.group(1));
          if (column >= 0 && isKey) {
            return new Problem(message, at + 1, column + 1);
          }
        }
      }
    }
    return new Problem(message, document.line(), 1);
  }

  private static boolean isKey(String line, String key) {
    String text = line.strip();
    text = text.startsWith("- ") ? text.substring(2) : text;
    return text.startsWith(key + ":") || text.startsWith(key + "|");
  }

  private static @Nullable Integer number(String digits) {
    try {
      return Integer.valueOf(digits);
    } catch (NumberFormatException tooLong) {
      return null;
    }
  }
}
