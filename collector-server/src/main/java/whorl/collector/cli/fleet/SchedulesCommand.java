package whorl.collector.cli.fleet;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import whorl.collector.cli.terminal.CommandContext;

/** Captures that are repeated. */
@Command(
    name = "schedules",
    header = "Repeat captures on a schedule; list and end that.",
    synopsisSubcommandLabel = "COMMAND")
public final class SchedulesCommand {
  private SchedulesCommand() {}

  /** The command with its subcommands. */
  public static CommandLine commandLine(CommandContext commandContext) {
    return new CommandLine(new SchedulesCommand())
        .addSubcommand(new SchedulesListCommand(commandContext))
        .addSubcommand(new SchedulesSetCommand(commandContext))
        .addSubcommand(new SchedulesRemoveCommand(commandContext));
  }
}
