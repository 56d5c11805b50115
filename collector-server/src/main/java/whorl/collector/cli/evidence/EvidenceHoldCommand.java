package whorl.collector.cli.evidence;

import java.util.List;
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
    name = "hold",
    header = "Keep evidence from being purged.",
    footer = {
      "%nExample:",
      "  whorl evidence hold ID --reason \"litigation 4711\"",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class EvidenceHoldCommand extends RemoteCommand {
  @Parameters(
      arity = "1..*",
      paramLabel = "ID",
      description = "The evidence, as `whorl evidence list` names it.",
      converter = GivenIdConverter.class)
  private List<GivenId> evidence;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      required = true,
      description = "Why; for custody.")
  private String reason;

  EvidenceHoldCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    for (Id evidenceId : Ids.all(collector, IdKind.EVIDENCE, evidence)) {
      collector.holdEvidence(evidenceId, reason);
      commandContext.terminal().note("whorl: evidence " + evidenceId + " is on hold");
    }
    return ExitStatus.DONE;
  }
}
