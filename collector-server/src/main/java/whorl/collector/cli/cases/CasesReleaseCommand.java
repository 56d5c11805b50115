package whorl.collector.cli.cases;

import org.jspecify.annotations.Nullable;
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
    name = "release",
    header = "Take the hold of a case back; needs a token of role admin.",
    footer = {
      "%nExample:",
      "  whorl cases release CASE --reason settled",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class CasesReleaseCommand extends RemoteCommand {
  @Parameters(
      index = "0",
      paramLabel = "CASE",
      description = "As `whorl cases list` names it.",
      converter = GivenIdConverter.class)
  private GivenId id;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why; for custody.")
  private @Nullable String reason;

  CasesReleaseCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    Id id = Ids.of(collector, IdKind.CASE, this.id);
    new CaseClient(collector).release(id, reason);
    commandContext.terminal().note("whorl: case " + id + " is not on hold");
    return ExitStatus.DONE;
  }
}
