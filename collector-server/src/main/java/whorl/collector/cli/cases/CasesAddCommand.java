package whorl.collector.cli.cases;

import picocli.CommandLine.Command;
import whorl.collector.cli.terminal.CommandContext;
import whorl.evidence.Id;

@Command(
    name = "add",
    header = "Add evidence to a case; it is held when the case is.",
    footer = {
      "%nExample:",
      "  whorl cases add CASE EVIDENCE",
    })
final class CasesAddCommand extends CaseEvidenceCommand {
  CasesAddCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  String change(CaseClient cases, Id id, Id evidence) {
    cases.add(id, evidence);
    return "added " + evidence + " to case " + id;
  }
}
