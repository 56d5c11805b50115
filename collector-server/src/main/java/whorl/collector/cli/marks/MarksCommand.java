package whorl.collector.cli.marks;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import whorl.collector.cli.terminal.CommandContext;

@Command(
    name = "marks",
    header = "Give rows of timelines stars, tags and notes, and list them.",
    synopsisSubcommandLabel = "COMMAND")
public final class MarksCommand {
  private MarksCommand() {}

  /** The command with its subcommands. */
  public static CommandLine commandLine(CommandContext commandContext) {
    return new CommandLine(new MarksCommand())
        .addSubcommand(new MarksListCommand(commandContext))
        .addSubcommand(new MarksStarCommand(commandContext))
        .addSubcommand(new MarksTagCommand(commandContext))
        .addSubcommand(new MarksNoteCommand(commandContext))
        .addSubcommand(new MarksRemoveCommand(commandContext));
  }
}
