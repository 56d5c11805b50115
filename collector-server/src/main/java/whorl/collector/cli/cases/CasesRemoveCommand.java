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
    name = "remove",
    header = "Take evidence out of a case; it stays evidence.",
    description = {
      "",
      "From a case on hold, which releases it, only with a token of role admin.",
    },
    footer = {
      "%nExample:",
      "  whorl cases remove CASE EVIDENCE",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class CasesRemoveCommand extends RemoteCommand {
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

  CasesRemoveCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    Id id = Ids.of(collector, IdKind.CASE, this.id);
    for (Id evidenceId : Ids.all(collector, IdKind.EVIDENCE, evidence)) {
      new CaseClient(collector).remove(id, evidenceId);
      commandContext.terminal().note("whorl: removed " + evidenceId + " from case " + id);
    }
    return ExitStatus.DONE;
  }
}
