package whorl.collector.cli.cases;

import java.util.Map;
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
import whorl.collector.cli.terminal.ExitStatus;
import whorl.evidence.Id;

@Command(
    name = "close",
    header = "Close a case; its hold stays.",
    footer = {
      "%nExample:",
      "  whorl cases close CASE",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class CasesCloseCommand extends RemoteCommand {
  @Parameters(
      index = "0",
      paramLabel = "CASE",
      description = "As `whorl cases list` names it.",
      converter = GivenIdConverter.class)
  private GivenId id;

  @Option(names = "--reopen", description = "Open it again instead.")
  private boolean reopen;

  CasesCloseCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    Id id = Ids.of(collector, IdKind.CASE, this.id);
    String state = reopen ? "open" : "closed";
    new CaseClient(collector).change(id, Map.of("state", state));
    commandContext.terminal().note("whorl: case " + id + " is " + state);
    return ExitStatus.DONE;
  }
}
