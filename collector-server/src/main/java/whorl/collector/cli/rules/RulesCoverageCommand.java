package whorl.collector.cli.rules;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.rules.RuleCoverage.Count;
import whorl.collector.cli.rules.RuleCoverage.Reason;
import whorl.collector.cli.rules.RuleCoverage.Source;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;
import whorl.evidence.Text;

@Command(
    name = "coverage",
    header = "Say how many rules of a folder apply to a JVM, and why the others do not.",
    description = {
      "",
      "For rules that were not written for Whorl, such as those of SigmaHQ. Rules apply in part if"
          + " they name a field that a JVM cannot see: they match only where it makes no"
          + " difference. There may be any number of files.",
    },
    footer = {
      "%nExit status 4 when no rule applies.",
      "%nExample:",
      "  whorl rules coverage sigma/rules/",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class RulesCoverageCommand implements Callable<Integer> {
  private static final int REASONS_SHOWN = 5;

  private final CommandContext commandContext;

  @Parameters(
      paramLabel = "FILE|DIR",
      arity = "1..*",
      description = "YAML files, or folders of them.")
  private List<Path> files;

  @Option(names = "--all", description = "Show all logsources and all reasons.")
  private boolean all;

  @Option(names = "--json", description = "Print JSON, with all reasons.")
  private boolean json;

  RulesCoverageCommand(CommandContext commandContext) {
    this.commandContext = commandContext;
  }

  @Override
  public Integer call() {
    RuleCoverage coverage = RuleCoverage.of(files);
    Terminal terminal = commandContext.terminal();
    Count total = coverage.total();
    if (json) {
      terminal.json(asJson(coverage, total));
    } else {
      if (total.rules() > 0) {
        table(coverage).print(terminal);
        reasons(coverage, terminal);
      }
      coverage.notRead().forEach(problem -> terminal.note("whorl: " + problem));
      terminal.note("whorl: " + summary(coverage, total));
    }
    if (total.rules() == 0) {
      return ExitStatus.FAILED;
    }
    return total.apply() + total.applyInPart() == 0 ? ExitStatus.NOTHING_MATCHED : ExitStatus.DONE;
  }

  private static String summary(RuleCoverage coverage, Count total) {
    return Text.counted(total.rules(), "rule")
        + " in "
        + Text.counted(coverage.files(), "file")
        + ": "
        + total.apply()
        + " apply, "
        + total.applyInPart()
        + " apply in part, "
        + total.refused()
        + " do not"
        + (coverage.notReadCount() == 0 ? "" : "; not read: " + coverage.notReadCount());
  }

  private Table table(RuleCoverage coverage) {
    Table table =
        new Table(
            Table.flexible("PRODUCT"),
            Table.flexible("CATEGORY"),
            Table.flexible("SERVICE"),
            Table.exact("RULES"),
            Table.exact("APPLY"),
            Table.exact("IN PART"),
            Table.exact("REFUSED"));
    int others = 0;
    int refused = 0;
    for (Map.Entry<Source, Count> entry : coverage.counts()) {
      Source source = entry.getKey();
      Count count = entry.getValue();
      if (!all && count.apply() + count.applyInPart() == 0) {
        others++;
        refused += count.refused();
        continue;
      }
      table.row(
          source.product(),
          source.category(),
          source.service(),
          count.rules(),
          count.apply(),
          count.applyInPart(),
          count.refused());
    }
    if (others > 0) {
      table.row(Text.counted(others, "other"), null, null, refused, 0, 0, refused);
    }
    return table;
  }

  /** The reasons of logsources with a rule that applies, then those of all others together. */
  private void reasons(RuleCoverage coverage, Terminal terminal) {
    Map<String, Integer> elsewhere = new LinkedHashMap<>();
    for (Map.Entry<Source, Count> entry : coverage.counts()) {
      Count count = entry.getValue();
      if (count.apply() + count.applyInPart() == 0) {
        count
            .reasons()
            .forEach(reason -> elsewhere.merge(reason.why(), reason.rules(), Integer::sum));
        continue;
      }
      if (!count.partReasons().isEmpty()) {
        terminal.line("");
        terminal.line(name(entry.getKey()) + " applies in part:");
        print(count.partReasons(), terminal);
      }
      if (!count.reasons().isEmpty()) {
        terminal.line("");
        terminal.line(name(entry.getKey()) + " refused:");
        print(count.reasons(), terminal);
      }
    }
    if (elsewhere.isEmpty()) {
      return;
    }
    terminal.line("");
    terminal.line("Other logsources:");
    List<Map.Entry<String, Integer>> sorted =
        elsewhere.entrySet().stream()
            .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
            .toList();
    for (Map.Entry<String, Integer> reason : shown(sorted)) {
      terminal.line(number(reason.getValue()) + reason.getKey());
    }
    rest(sorted.size(), terminal);
  }

  private void print(List<Reason> reasons, Terminal terminal) {
    for (Reason reason : shown(reasons)) {
      terminal.line(number(reason.rules()) + reason.why());
      terminal.line("        such as " + reason.examples().get(0));
    }
    rest(reasons.size(), terminal);
  }

  private <T> List<T> shown(List<T> reasons) {
    return all ? reasons : reasons.subList(0, Math.min(REASONS_SHOWN, reasons.size()));
  }

  private void rest(int reasons, Terminal terminal) {
    if (!all && reasons > REASONS_SHOWN) {
      terminal.line(
          "        and "
              + Text.counted(reasons - REASONS_SHOWN, "more reason")
              + "; --all shows all of them");
    }
  }

  private static String number(int rules) {
    return String.format("%6d  ", rules);
  }

  private static String name(Source source) {
    List<String> parts = new ArrayList<>();
    for (String part : new String[] {source.product(), source.category(), source.service()}) {
      if (part != null) {
        parts.add(part);
      }
    }
    return parts.isEmpty() ? "no logsource" : String.join("/", parts);
  }

  private static Map<String, Object> asJson(RuleCoverage coverage, Count total) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("files", coverage.files());
    counts(answer, total);
    answer.put(
        "logsources",
        coverage.counts().stream().map(entry -> asJson(entry.getKey(), entry.getValue())).toList());
    answer.put("notRead", coverage.notReadCount());
    answer.put("notReadExamples", coverage.notRead());
    return answer;
  }

  private static void counts(Map<String, Object> into, Count count) {
    into.put("rules", count.rules());
    into.put("apply", count.apply());
    into.put("applyInPart", count.applyInPart());
    into.put("refused", count.refused());
  }

  private static Map<String, Object> asJson(Source source, Count count) {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (source.product() != null) {
      fields.put("product", source.product());
    }
    if (source.category() != null) {
      fields.put("category", source.category());
    }
    if (source.service() != null) {
      fields.put("service", source.service());
    }
    counts(fields, count);
    fields.put(
        "partReasons", count.partReasons().stream().map(RulesCoverageCommand::asJson).toList());
    fields.put("reasons", count.reasons().stream().map(RulesCoverageCommand::asJson).toList());
    return fields;
  }

  private static Map<String, Object> asJson(Reason reason) {
    return Map.of("why", reason.why(), "rules", reason.rules(), "examples", reason.examples());
  }
}
