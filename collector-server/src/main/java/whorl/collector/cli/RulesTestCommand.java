package whorl.collector.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.agent.event.AgentEvent;
import whorl.agent.rule.Rule;
import whorl.agent.rule.RuleSet;
import whorl.evidence.EventLine;

@Command(
    name = "test",
    customSynopsis = "whorl rules test --recording=F.jfr [OPTIONS] [FILE|DIR...]",
    header = "Say which rules would have fired in a recording, and when.",
    description = {
      "",
      "Fields of the HTTP request on whose thread an event happened (request.*) are not in a"
          + " recording, so conditions on them never hold here.",
    },
    footer = {
      "%nExit status 4 when no rule would have fired.",
      "%nExample:",
      "  whorl rules test --recording shop.jfr my-rules/",
    })
@SuppressWarnings("NullAway.Init") // picocli sets what is required
final class RulesTestCommand implements Callable<Integer> {
  /** Enough to see what a rule does; a rule that fires more often is counted, not listed. */
  private static final int FIRINGS_MAX = 10_000;

  private final Session session;

  @Option(
      names = "--recording",
      paramLabel = "F.jfr",
      required = true,
      description = "The recording.")
  private Path recording;

  @Parameters(
      paramLabel = "FILE|DIR",
      arity = "0..*",
      description = "YAML files, or folders of them; without any: the built-in rules.")
  private List<Path> files = List.of();

  @Option(names = "--built-in", description = "The built-in rules as well.")
  private boolean builtIn;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  RulesTestCommand(Session session) {
    this.session = session;
  }

  /** A rule that would have fired. */
  private record Firing(Rule rule, AgentEvent event) {}

  @Override
  public Integer call() {
    if (!Files.isRegularFile(recording)) {
      throw CliException.failed(recording + ": no such file", null);
    }
    Terminal terminal = session.terminal();
    RuleSet rules = RuleSet.load(files, Set.of(), builtIn || files.isEmpty());
    rules.problems().forEach(problem -> terminal.note("whorl: " + problem));
    if (rules.rules().isEmpty()) {
      throw CliException.failed("no rule could be loaded", "see `whorl rules check`");
    }
    List<Firing> firings = new ArrayList<>();
    long[] beyond = {0};
    long events = read(rules, firings, beyond);
    firings.sort(Comparator.comparingLong(firing -> firing.event().epochNanos()));
    if (json) {
      terminal.json(Map.of("firings", firings.stream().map(RulesTestCommand::asJson).toList()));
    } else if (!firings.isEmpty()) {
      table(firings).print(terminal);
    }
    terminal.note(
        "whorl: "
            + (firings.size() + beyond[0])
            + " firings of "
            + rules.rules().size()
            + " rules in "
            + events
            + " events"
            + (beyond[0] == 0 ? "" : "; the first " + FIRINGS_MAX + " read are shown"));
    return firings.isEmpty() ? ExitStatus.NOTHING_MATCHED : ExitStatus.DONE;
  }

  private long read(RuleSet rules, List<Firing> firings, long[] beyond) {
    try {
      return RecordedEvents.read(
          recording,
          event -> {
            for (Rule rule : rules.matching(event)) {
              if (firings.size() < FIRINGS_MAX) {
                firings.add(new Firing(rule, event));
              } else {
                beyond[0]++;
              }
            }
          });
    } catch (IOException e) {
      throw CliException.failed(
          "cannot read " + recording + " as a recording: " + Problems.text(e),
          "a copy of a running JVM's repository may need its newest chunk cut off");
    }
  }

  private static Table table(List<Firing> firings) {
    Table table =
        new Table(
            Table.exact("TIME"),
            Table.exact("LEVEL"),
            Table.flexible("RULE"),
            Table.exact("EVENT"),
            Table.flexible("WHAT"),
            Table.flexible("THREAD"));
    for (Firing firing : firings) {
      String level = firing.rule().level().word();
      table.row(
          Table.exactTime(firing.event().time()),
          Table.Cell.of(level, Levels.style(level)),
          firing.rule().title(),
          firing.event().type().jfrName(),
          words(firing.event().toLine()),
          firing.event().thread());
    }
    return table;
  }

  private static String words(EventLine line) {
    return String.join(
        " ",
        line.fields().entrySet().stream()
            .map(field -> field.getKey() + "=" + field.getValue())
            .toList());
  }

  private static Map<String, Object> asJson(Firing firing) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("rule", firing.rule().id());
    fields.put("title", firing.rule().title());
    fields.put("level", firing.rule().level().word());
    fields.put("event", firing.event().toLine());
    return fields;
  }
}
