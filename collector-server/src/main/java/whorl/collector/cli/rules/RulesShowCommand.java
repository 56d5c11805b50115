package whorl.collector.cli.rules;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;

@Command(
    name = "show",
    header = "Print the text of pushed rules, also of an earlier version.",
    description = {
      "",
      "The collector keeps the last ten versions of each set. To go back to one, write it to a file"
          + " and push that.",
    },
    footer = {
      "%nExit status 4 when there is no such set or version.",
      "%nExamples:",
      "  whorl rules show price-list",
      "  whorl rules show price-list --version 3 --out price-list.yml",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class RulesShowCommand extends RemoteCommand {
  @Parameters(paramLabel = "NAME", description = "The set.")
  private String name;

  @Option(
      names = "--version",
      paramLabel = "N",
      description = "This version (default: the newest).")
  private @Nullable Integer version;

  @Option(names = "--out", paramLabel = "FILE", description = "Write it to a file, as it is.")
  private @Nullable Path out;

  @Option(names = "--json", description = "Print JSON, as the collector's API has it.")
  private boolean json;

  RulesShowCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    RuleSetClient sets = new RuleSetClient(collector);
    CollectorClient.One<RuleSetRow> set =
        version == null ? sets.find(name) : sets.find(name, version);
    String text = set.json().path("rules").asText();
    if (out != null) {
      write(out, text);
    }
    if (json) {
      commandContext.terminal().json(set.json());
    } else if (out == null) {
      text.lines().forEach(commandContext.terminal()::line);
    }
    commandContext
        .terminal()
        .note(
            "whorl: "
                + name
                + " version "
                + set.row().version()
                + " for "
                + set.row().targetWords()
                + (out == null ? "" : ", written to " + out));
    return ExitStatus.DONE;
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw CliException.failed("cannot write " + file + ": " + Problems.text(e), null);
    }
  }
}
