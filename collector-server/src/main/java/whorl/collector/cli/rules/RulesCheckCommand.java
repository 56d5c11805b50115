package whorl.collector.cli.rules;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Levels;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;
import whorl.collector.detect.BuiltInRules;
import whorl.event.EventType;
import whorl.rules.correlate.Correlation;
import whorl.rules.engine.RuleSet;
import whorl.rules.match.Rule;
import whorl.rules.match.RuleHead;

@Command(
    name = "check",
    header = "Load Sigma rules as an agent would, and say what has no effect.",
    footer = {
      "%nExit status 1 when a rule or a file is refused, or there is no rule. Warnings name what"
          + " has no effect in a rule that is loaded.",
      "%nExample:",
      "  whorl rules check my-rules/",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class RulesCheckCommand implements Callable<Integer> {
  private final CommandContext commandContext;

  @Parameters(
      paramLabel = "FILE|DIR",
      arity = "1..*",
      description = "YAML files, or folders of them.")
  private List<Path> files;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  RulesCheckCommand(CommandContext commandContext) {
    this.commandContext = commandContext;
  }

  @Override
  public Integer call() {
    Checked rules = Checked.of(files);
    boolean any = !rules.rules().isEmpty() || !rules.correlations().isEmpty();
    Terminal terminal = commandContext.terminal();
    if (json) {
      terminal.json(
          Map.of(
              "rules",
              Stream.concat(
                      rules.rules().stream().map(RulesCheckCommand::asJson),
                      rules.correlations().stream().map(RulesCheckCommand::asJson))
                  .toList(),
              "problems",
              rules.problems(),
              "warnings",
              rules.warnings()));
    } else {
      if (any) {
        table(rules).print(terminal);
      }
      rules.problems().forEach(problem -> terminal.line("problem: " + problem));
      rules.warnings().forEach(warning -> terminal.line("warning: " + warning));
    }
    return rules.problems().isEmpty() && any ? ExitStatus.DONE : ExitStatus.FAILED;
  }

  /** What an agent, which has the built-in rules too, makes of the files. */
  private record Checked(
      List<Rule> rules,
      List<Correlation> correlations,
      List<String> problems,
      List<String> warnings) {
    static Checked of(List<Path> files) {
      RuleSet all = RuleSet.load(files, Set.of(), true);
      RuleSet builtIn = BuiltInRules.set();
      Set<String> others = new HashSet<>();
      builtIn.rules().forEach(rule -> others.add(rule.id()));
      builtIn.correlations().forEach(correlation -> others.add(correlation.head().id()));
      return new Checked(
          all.rules().stream().filter(rule -> !others.contains(rule.id())).toList(),
          all.correlations().stream().filter(each -> !others.contains(each.head().id())).toList(),
          all.problems(),
          all.warnings().stream().filter(each -> !builtIn.warnings().contains(each)).toList());
    }
  }

  private static Table table(Checked rules) {
    Table table =
        new Table(
            Table.exact("LEVEL"),
            Table.message("TITLE"),
            Table.flexible("EVENTS"),
            Table.id("RULE"));
    for (Rule rule : rules.rules()) {
      row(table, rule.head(), rule.matchingTypes().stream().map(EventType::jfrName).toList());
    }
    for (Correlation correlation : rules.correlations()) {
      row(table, correlation.head(), correlation.rules().stream().map(RuleHead::title).toList());
    }
    return table;
  }

  private static void row(Table table, RuleHead rule, List<String> events) {
    String level = rule.level().word();
    table.row(
        Table.Cell.of(level, Levels.style(level)),
        rule.title(),
        String.join(", ", events),
        rule.id());
  }

  private static Map<String, Object> asJson(Rule rule) {
    Map<String, Object> fields = asJson(rule.head());
    fields.put("events", rule.matchingTypes().stream().map(EventType::jfrName).toList());
    fields.put("unknownFields", List.copyOf(rule.unknownFields()));
    return fields;
  }

  private static Map<String, Object> asJson(Correlation correlation) {
    Map<String, Object> fields = asJson(correlation.head());
    fields.put("correlation", correlation.type());
    fields.put("rules", correlation.rules().stream().map(RuleHead::id).toList());
    return fields;
  }

  private static Map<String, Object> asJson(RuleHead rule) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", rule.id());
    fields.put("title", rule.title());
    fields.put("level", rule.level().word());
    fields.put("tags", rule.tags());
    return fields;
  }
}
