package whorl.collector.cli.rules;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
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
import whorl.event.AgentEvent;
import whorl.evidence.EventLine;
import whorl.rules.correlate.CorrelationFiring;
import whorl.rules.engine.Correlator;
import whorl.rules.engine.RuleSet;
import whorl.rules.match.Rule;
import whorl.rules.match.RuleHead;

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

  /**
   * A rule that would have raised an alert.
   *
   * @param basedOn for a correlation, the events that it is based on; otherwise empty
   */
  private record RuleMatch(RuleHead rule, AgentEvent event, List<String> basedOn) {}

  /** A match that a correlation uses. */
  private record Match(RuleHead rule, AgentEvent event) {}

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
    Trial trial = new Trial(rules);
    long events = trial.read(recording);
    List<RuleMatch> ruleMatches = trial.ruleMatches;
    ruleMatches.sort(Comparator.comparingLong(firing -> firing.event().epochNanos()));
    if (json) {
      Map<String, Object> answer = new LinkedHashMap<>();
      answer.put("firings", ruleMatches.stream().map(RulesTestCommand::asJson).toList());
      answer.put("counts", trial.counts);
      answer.put("events", events);
      terminal.json(answer);
    } else if (!ruleMatches.isEmpty()) {
      table(ruleMatches).print(terminal);
    }
    summary(terminal, trial, events);
    return ruleMatches.isEmpty() ? ExitStatus.NOTHING_MATCHED : ExitStatus.DONE;
  }

  private static void summary(Terminal terminal, Trial trial, long events) {
    trial.counts.forEach((title, count) -> terminal.note("whorl: " + count + " of " + title));
    long fired = trial.counts.values().stream().mapToLong(Long::longValue).sum();
    terminal.note(
        "whorl: "
            + fired
            + " firings of "
            + (trial.rules.rules().size() + trial.rules.correlations().size())
            + " rules in "
            + events
            + " events"
            + (fired == trial.ruleMatches.size()
                ? ""
                : "; the first " + FIRINGS_MAX + " are shown"));
    if (trial.dropped > 0) {
      terminal.note(
          "whorl: "
              + trial.dropped
              + " matches beyond "
              + MATCHES_MAX
              + " did not reach the correlations");
    }
  }

  /** Applies rules to a recording. */
  private static final class Trial {
    private final RuleSet rules;
    private final Set<RuleHead> correlated = new HashSet<>();
    private final List<RuleMatch> ruleMatches = new ArrayList<>();
    private final Map<String, Long> counts = new TreeMap<>();
    private final List<Match> matches = new ArrayList<>();
    private long dropped;

    Trial(RuleSet rules) {
      this.rules = rules;
      rules.correlations().forEach(correlation -> correlated.addAll(correlation.rules()));
    }

    long read(Path recording) {
      try {
        long events = new RecordedEvents(recording).read(this::match);
        correlate();
        return events;
      } catch (IOException e) {
        throw CliException.failed(
            "cannot read " + recording + " as a recording: " + Problems.text(e),
            "a copy of a running JVM's repository may need its newest chunk cut off");
      }
    }

    private void match(AgentEvent event) {
      for (Rule rule : rules.matching(event)) {
        if (rules.alerts(rule.head())) {
          add(new RuleMatch(rule.head(), event, List.of()));
        }
        if (!correlated.contains(rule.head())) {
          continue;
        }
        if (matches.size() < MATCHES_MAX) {
          matches.add(new Match(rule.head(), event));
        } else {
          dropped++;
        }
      }
    }

    /** Correlates in time order until the last match; what would complete later is unknown. */
    private void correlate() {
      matches.sort(Comparator.comparingLong(match -> match.event().epochNanos()));
      Correlator correlator = new Correlator(rules);
      for (Match match : matches) {
        for (CorrelationFiring firing : correlator.matched(match.rule(), match.event())) {
          RuleHead rule = firing.correlation().head();
          if (rules.alerts(rule)) {
            add(new RuleMatch(rule, firing.last(), firing.events()));
          }
        }
      }
    }

    private void add(RuleMatch firing) {
      counts.merge(firing.rule().title(), 1L, Long::sum);
      if (ruleMatches.size() < FIRINGS_MAX) {
        ruleMatches.add(firing);
      }
    }
  }

  private static Table table(List<RuleMatch> ruleMatches) {
    Table table =
        new Table(
            Table.message("RULE"),
            Table.exact("LEVEL"),
            Table.exact("TIME"),
            Table.optional(Table.exact("EVENT")),
            Table.flexible("WHAT"),
            Table.optional(Table.flexible("THREAD")));
    for (RuleMatch firing : ruleMatches) {
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

  private static Map<String, Object> asJson(RuleMatch firing) {
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
