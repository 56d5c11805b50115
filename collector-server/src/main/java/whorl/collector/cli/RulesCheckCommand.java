package whorl.collector.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.agent.event.EventType;
import whorl.agent.rule.Rule;
import whorl.agent.rule.RuleSet;

@Command(
    name = "check",
    header = "Load Sigma rules as an agent would, and say what has no effect.",
    footer = {
      "%nExit status 1 when anything in the files has no effect.",
      "%nExample:",
      "  whorl rules check my-rules/",
    })
@SuppressWarnings("NullAway.Init") // picocli sets what is required
final class RulesCheckCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(
      paramLabel = "FILE|DIR",
      arity = "1..*",
      description = "YAML files, or folders of them.")
  private List<Path> files;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  RulesCheckCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    RuleSet rules = RuleSet.load(files, Set.of(), false);
    Terminal terminal = session.terminal();
    if (json) {
      terminal.json(
          Map.of(
              "rules",
              rules.rules().stream().map(RulesCheckCommand::asJson).toList(),
              "problems",
              rules.problems()));
    } else {
      if (!rules.rules().isEmpty()) {
        table(rules.rules()).print(terminal);
      }
      rules.problems().forEach(problem -> terminal.line("problem: " + problem));
    }
    return rules.problems().isEmpty() && !rules.rules().isEmpty()
        ? ExitStatus.DONE
        : ExitStatus.FAILED;
  }

  private static Table table(List<Rule> rules) {
    Table table =
        new Table(
            Table.exact("LEVEL"),
            Table.flexible("TITLE"),
            Table.flexible("EVENTS"),
            Table.exact("RULE"));
    for (Rule rule : rules) {
      String level = rule.level().word();
      table.row(
          Table.Cell.of(level, Levels.style(level)),
          rule.title(),
          String.join(", ", rule.types().stream().map(EventType::jfrName).toList()),
          rule.id());
    }
    return table;
  }

  private static Map<String, Object> asJson(Rule rule) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", rule.id());
    fields.put("title", rule.title());
    fields.put("level", rule.level().word());
    fields.put("tags", rule.tags());
    fields.put("events", rule.types().stream().map(EventType::jfrName).toList());
    return fields;
  }
}
