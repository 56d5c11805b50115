package whorl.collector.cli.cases;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.ids.GivenId;
import whorl.collector.cli.ids.GivenIdConverter;
import whorl.collector.cli.ids.IdKind;
import whorl.collector.cli.ids.Ids;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
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
      converter = GivenIdConverter.class)
  private GivenId id;

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
  protected int run(CollectorClient collector, CommandContext commandContext) {
    Id id = Ids.of(collector, IdKind.CASE, this.id);
    new CaseClient(collector).hold(id, reason);
    commandContext.terminal().note("whorl: case " + id + " is on hold");
    return ExitStatus.DONE;
  }
}
