package whorl.collector.cli.cases;

import java.util.List;
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
    name = "add",
    header = "Add evidence to a case; it is held when the case is.",
    footer = {
      "%nExample:",
      "  whorl cases add CASE EVIDENCE",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class CasesAddCommand extends RemoteCommand {
  @Parameters(
      index = "0",
      paramLabel = "CASE",
      description = "As `whorl cases list` names it.",
      converter = GivenIdConverter.class)
  private GivenId id;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "EVIDENCE",
      description = "As `whorl evidence list` names it.",
      converter = GivenIdConverter.class)
  private List<GivenId> evidence;

  CasesAddCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    Id id = Ids.of(collector, IdKind.CASE, this.id);
    for (Id evidenceId : Ids.all(collector, IdKind.EVIDENCE, evidence)) {
      new CaseClient(collector).add(id, evidenceId);
      commandContext.terminal().note("whorl: added " + evidenceId + " to case " + id);
    }
    return ExitStatus.DONE;
  }
}
