package whorl.collector.cli.views;

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
    name = "remove",
    header = "Remove a saved view.",
    footer = {
      "%nExample:",
      "  whorl views remove 0199f0a2-7c51-7e43-9d5e-0a4b6c2d1e0f",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class ViewsRemoveCommand extends RemoteCommand {
  @Parameters(
      paramLabel = "VIEW",
      description = "As `whorl views` names it.",
      converter = GivenIdConverter.class)
  private GivenId id;

  ViewsRemoveCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    Id id = Ids.of(collector, IdKind.VIEW, this.id);
    collector.delete("views/" + id);
    return ExitStatus.DONE;
  }
}
