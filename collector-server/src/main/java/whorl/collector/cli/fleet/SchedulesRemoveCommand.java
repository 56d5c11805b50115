package whorl.collector.cli.fleet;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;

/** Ends schedules. */
@Command(
    name = "remove",
    header = "End schedules; their evidence stays.",
    footer = {
      "%nExample:",
      "  whorl schedules remove nightly",
    })
final class SchedulesRemoveCommand extends RemoteCommand {
  @Parameters(paramLabel = "NAME", arity = "1..*", description = "The schedules.")
  private List<String> names = List.of();

  SchedulesRemoveCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    for (String name : names) {
      collector.delete("schedules/" + CollectorClient.encoded(name));
      commandContext.terminal().note("whorl: removed " + name);
    }
    return ExitStatus.DONE;
  }
}
