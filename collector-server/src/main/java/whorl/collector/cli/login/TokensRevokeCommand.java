package whorl.collector.cli.login;

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
      converter = GivenIdConverter.class)
  private GivenId id;

  public TokensRevokeCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    Id id = Ids.of(collector, IdKind.TOKEN, this.id);
    collector.delete("tokens/" + id);
    commandContext.terminal().note("whorl: API token " + id + " is revoked");
    return ExitStatus.DONE;
  }
}
