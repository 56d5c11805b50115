package whorl.collector.cli.cases;

import java.util.List;
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

/** A command about pieces of evidence in one case. */
@SuppressWarnings("NullAway.Init") // picocli sets required options
abstract class CaseEvidenceCommand extends RemoteCommand {
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

  CaseEvidenceCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    Id caseId = Ids.of(collector, IdKind.CASE, id);
    CaseClient cases = new CaseClient(collector);
    for (Id evidenceId : Ids.all(collector, IdKind.EVIDENCE, evidence)) {
      commandContext.terminal().note("whorl: " + change(cases, caseId, evidenceId));
    }
    return ExitStatus.DONE;
  }

  /** Adds or removes one piece of evidence; returns what was done. */
  abstract String change(CaseClient cases, Id id, Id evidence);
}
