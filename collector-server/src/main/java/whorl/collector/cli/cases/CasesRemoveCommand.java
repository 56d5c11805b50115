package whorl.collector.cli.cases;

import picocli.CommandLine.Command;
import whorl.collector.cli.terminal.CommandContext;
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
final class CasesRemoveCommand extends CaseEvidenceCommand {
  CasesRemoveCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  String change(CaseClient cases, Id id, Id evidence) {
    cases.remove(id, evidence);
    return "removed " + evidence + " from case " + id;
  }
}
