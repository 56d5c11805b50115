package whorl.collector.cli.login;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.IdConverter;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.evidence.Id;

@Command(
    name = "revoke",
    header = "Revoke an API token; it ends within two seconds at all collectors.",
    footer = {
      "%nExample:",
      "  whorl tokens revoke TOKEN",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required parameters
public final class TokensRevokeCommand extends RemoteCommand {
  @Parameters(
      paramLabel = "TOKEN",
      description = "The ID that `whorl tokens list` shows.",
      converter = IdConverter.class)
  private Id id;

  public TokensRevokeCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    collector.revokeToken(id);
    commandContext.terminal().note("whorl: API token " + id + " is revoked");
    return ExitStatus.DONE;
  }
}
