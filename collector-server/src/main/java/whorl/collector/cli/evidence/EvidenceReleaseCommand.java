package whorl.collector.cli.evidence;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.HoldsRow;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.ids.GivenId;
import whorl.collector.cli.ids.GivenIdConverter;
import whorl.collector.cli.ids.IdKind;
import whorl.collector.cli.ids.Ids;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Terminal;
import whorl.evidence.Id;

@Command(
    name = "release",
    header = "Take the hold of evidence back; needs a token of role admin.",
    description = {
      "",
      "Holds of cases it is in stay: `whorl cases release` takes those back.",
    },
    footer = {
      "%nExample:",
      "  whorl evidence release ID --reason settled",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class EvidenceReleaseCommand extends RemoteCommand {
  @Parameters(
      arity = "1..*",
      paramLabel = "ID",
      description = "The evidence, as `whorl evidence list` names it.",
      converter = GivenIdConverter.class)
  private List<GivenId> evidence;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why; for custody.")
  private @Nullable String reason;

  EvidenceReleaseCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    for (Id evidenceId : Ids.all(collector, IdKind.EVIDENCE, evidence)) {
      HoldsRow remaining = collector.releaseEvidence(evidenceId, reason);
      Terminal terminal = commandContext.terminal();
      terminal.note(
          remaining.holds().isEmpty()
              ? "whorl: evidence " + evidenceId + " is not on hold"
              : "whorl: evidence " + evidenceId + " is still held by its cases:");
      remaining.holds().forEach(hold -> terminal.note("       " + hold.words()));
    }
    return ExitStatus.DONE;
  }
}
