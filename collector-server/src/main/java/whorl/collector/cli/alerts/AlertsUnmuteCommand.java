package whorl.collector.cli.alerts;

import picocli.CommandLine.Command;
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
    name = "unmute",
    header = "End a mute early; what it hid is listed again.",
    footer = {
      "%nExample:",
      "  whorl alerts unmute ID",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class AlertsUnmuteCommand extends RemoteCommand {
  @Parameters(
      paramLabel = "ID",
      description = "The mute, as `whorl alerts mutes` names it.",
      converter = GivenIdConverter.class)
  private GivenId id;

  AlertsUnmuteCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    Id id = Ids.of(collector, IdKind.MUTE, this.id);
    new AlertClient(collector).endMute(id);
    commandContext.terminal().note("whorl: mute " + id + " is ended");
    return ExitStatus.DONE;
  }
}
