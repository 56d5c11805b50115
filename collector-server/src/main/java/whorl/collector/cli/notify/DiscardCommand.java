package whorl.collector.cli.notify;

import java.util.List;
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

@Command(
    name = "discard",
    header = "Delete messages that were given up.",
    footer = {
      "%nExamples:",
      "  whorl notifications discard MESSAGE",
      "  whorl notifications discard --all",
    })
final class DiscardCommand extends RemoteCommand {
  @Parameters(
      arity = "0..*",
      paramLabel = "MESSAGE",
      description = "The ID that `whorl notifications dead` shows; several are possible.",
      converter = GivenIdConverter.class)
  private List<GivenId> ids = List.of();

  @Option(names = "--all", description = "All of them.")
  private boolean all;

  DiscardCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    return DeadMessages.each(
        collector,
        commandContext.terminal(),
        Ids.all(collector, IdKind.MESSAGE, ids),
        all,
        id -> collector.delete("notifications/dead/" + id),
        "deleted");
  }
}
