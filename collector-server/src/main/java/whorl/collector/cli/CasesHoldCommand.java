package whorl.collector.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.evidence.Id;

@Command(
    name = "hold",
    header = "Keep all evidence of a case, now and later, from being purged.",
    footer = {
      "%nExample:",
      "  whorl cases hold CASE --reason \"litigation 4711\"",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class CasesHoldCommand extends RemoteCommand {
  @Parameters(
      index = "0",
      paramLabel = "CASE",
      description = "As `whorl cases list` names it.",
      converter = IdConverter.class)
  private Id id;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      required = true,
      description = "Why; for custody.")
  private String reason;

  CasesHoldCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  int run(CollectorClient collector, CommandContext commandContext) {
    collector.holdCase(id, reason);
    commandContext.terminal().note("whorl: case " + id + " is on hold");
    return ExitStatus.DONE;
  }
}
