package whorl.collector.cli.rules;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Levels;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;
import whorl.collector.detect.BuiltInRules;
import whorl.collector.detect.RuleTrial;
import whorl.evidence.EventLine;
import whorl.evidence.Text;
import whorl.rules.engine.RuleSet;

@Command(
    name = "test",
    customSynopsis = "whorl rules test --recording=F.jfr [OPTIONS] [FILE|DIR...]",
    header = "Say which rules would have fired in a recording, and when.",
    description = {
      "",
      "Correlations are tried as well. Of the HTTP request on whose thread an event happened,"
          + " request.id is in a recording; its method, path and address are known when the request"
          + " was answered within it.",
    },
    footer = {
      "%nExit status 4 when no rule would have fired.",
      "%nExample:",
      "  whorl rules test --recording shop.jfr my-rules/",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class RulesTestCommand implements Callable<Integer> {
  /** The limit of listed matches; further ones are only counted. */
  private static final int FIRINGS_MAX = 10_000;

  /** With their stacks these take a few hundred megabytes at most. */
  private static final int MATCHES_MAX = 50_000;

  private final CommandContext commandContext;

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

  RulesTestCommand(CommandContext commandContext) {
    this.commandContext = commandContext;
  }

  @Override
  public Integer call() {
    if (!Files.isRegularFile(recording)) {
      throw CliException.failed(recording + ": no such file", null);
    }
    Terminal terminal = commandContext.terminal();
    RuleSet rules = files.isEmpty() ? BuiltInRules.set() : RuleSet.load(files, Set.of(), builtIn);
    rules.problems().forEach(problem -> terminal.note("whorl: " + problem));
    rules.warnings().forEach(warning -> terminal.note("whorl: " + warning));
    if (rules.rules().isEmpty()) {
      throw CliException.failed("no rule could be loaded", "see `whorl rules check`");
    }
    RuleTrial trial = new RuleTrial(rules, FIRINGS_MAX, MATCHES_MAX);
    long events = read(trial);
    List<RuleTrial.Firing> firings = trial.firings();
    Map<String, Long> counts = new TreeMap<>();
    trial.counts().forEach((rule, count) -> counts.merge(rule.title(), count, Long::sum));
    if (json) {
      Map<String, Object> answer = new LinkedHashMap<>();
      answer.put("firings", firings.stream().map(RulesTestCommand::asJson).toList());
      answer.put("counts", counts);
      answer.put("events", events);
      terminal.json(answer);
    } else if (!firings.isEmpty()) {
      table(firings).print(terminal);
    }
    int all = rules.rules().size() + rules.correlations().size();
    summary(terminal, trial, counts, firings.size(), all);
    return firings.isEmpty() ? ExitStatus.NOTHING_MATCHED : ExitStatus.DONE;
  }

  private long read(RuleTrial trial) {
    try {
      long events = new RecordedEvents(recording).read(trial::accept);
      trial.correlate();
      return events;
    } catch (IOException e) {
      throw CliException.failed(
          "cannot read " + recording + " as a recording: " + Problems.text(e),
          "a copy of a running JVM's repository may need its newest chunk cut off");
    }
  }

  private static void summary(
      Terminal terminal, RuleTrial trial, Map<String, Long> counts, int shown, int rules) {
    counts.forEach((title, count) -> terminal.note("whorl: " + count + " of " + title));
    long fired = counts.values().stream().mapToLong(Long::longValue).sum();
    terminal.note(
        "whorl: "
            + Text.counted(fired, "firing")
            + " of "
            + Text.counted(rules, "rule")
            + " in "
            + Text.counted(trial.events(), "event")
            + (fired == shown ? "" : "; the first " + FIRINGS_MAX + " are shown"));
    if (trial.dropped() > 0) {
      terminal.note(
          "whorl: "
              + trial.dropped()
              + " matches beyond "
              + MATCHES_MAX
              + " did not reach the correlations");
    }
  }

  private static Table table(List<RuleTrial.Firing> firings) {
    Table table =
        new Table(
            Table.message("RULE"),
            Table.exact("LEVEL"),
            Table.exact("TIME"),
            Table.optional(Table.exact("EVENT")),
            Table.flexible("WHAT"),
            Table.optional(Table.flexible("THREAD")));
    for (RuleTrial.Firing firing : firings) {
      String level = firing.rule().level().word();
      table.row(
          firing.rule().title(),
          Table.Cell.of(level, Levels.style(level)),
          Table.exactTime(firing.event().time()),
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

  private static Map<String, Object> asJson(RuleTrial.Firing firing) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("rule", firing.rule().id());
    fields.put("title", firing.rule().title());
    fields.put("level", firing.rule().level().word());
    fields.put("event", firing.event().toLine());
    if (!firing.basedOn().isEmpty()) {
      fields.put("restsOn", firing.basedOn());
    }
    return fields;
  }
}
