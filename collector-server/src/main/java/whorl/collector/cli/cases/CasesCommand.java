package whorl.collector.cli.cases;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import whorl.collector.cli.terminal.CommandContext;

@Command(
    name = "cases",
    header = "Group evidence into cases, write notes, and keep it from being purged.",
    synopsisSubcommandLabel = "COMMAND")
public final class CasesCommand {
  private CasesCommand() {}

  /** The command with its subcommands. */
  public static CommandLine commandLine(CommandContext commandContext) {
    return new CommandLine(new CasesCommand())
        .addSubcommand(new CasesListCommand(commandContext))
        .addSubcommand(new CasesShowCommand(commandContext))
        .addSubcommand(new CasesCreateCommand(commandContext))
        .addSubcommand(new CasesNoteCommand(commandContext))
        .addSubcommand(new CasesAddCommand(commandContext))
        .addSubcommand(new CasesRemoveCommand(commandContext))
        .addSubcommand(new CasesHoldCommand(commandContext))
        .addSubcommand(new CasesReleaseCommand(commandContext))
        .addSubcommand(new CasesCloseCommand(commandContext));
  }
}
