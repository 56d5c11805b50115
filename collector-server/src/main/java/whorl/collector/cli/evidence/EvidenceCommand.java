package whorl.collector.cli.evidence;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import whorl.collector.cli.terminal.CommandContext;

@Command(
    name = "evidence",
    header = "List, show and download what was captured; hold and purge it.",
    synopsisSubcommandLabel = "COMMAND")
public final class EvidenceCommand {
  private EvidenceCommand() {}

  /** The command with its subcommands. */
  public static CommandLine commandLine(CommandContext commandContext, Verifier verifier) {
    return new CommandLine(new EvidenceCommand())
        .addSubcommand(new EvidenceListCommand(commandContext))
        .addSubcommand(new EvidenceShowCommand(commandContext))
        .addSubcommand(new EvidenceGetCommand(commandContext))
        .addSubcommand(new EvidenceBagCommand(commandContext, verifier))
        .addSubcommand(new EvidenceHoldCommand(commandContext))
        .addSubcommand(new EvidenceReleaseCommand(commandContext))
        .addSubcommand(new EvidencePurgeCommand(commandContext));
  }
}
