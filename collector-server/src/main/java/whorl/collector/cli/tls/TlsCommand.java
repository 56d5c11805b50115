package whorl.collector.cli.tls;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import whorl.collector.cli.terminal.CommandContext;

@Command(
    name = "tls",
    header = "Certificates for a first deployment.",
    synopsisSubcommandLabel = "COMMAND")
public final class TlsCommand {
  private TlsCommand() {}

  /** The command with its subcommands. */
  public static CommandLine commandLine(CommandContext commandContext) {
    return new CommandLine(new TlsCommand()).addSubcommand(new TlsInitCommand(commandContext));
  }
}
