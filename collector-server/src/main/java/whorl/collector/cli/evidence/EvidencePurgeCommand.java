package whorl.collector.cli.evidence;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.IdConverter;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.evidence.Id;

@Command(
    name = "purge",
    header = "Delete evidence for good; needs a token of role admin.",
    description = {
      "",
      "Evidence on hold is refused. That it was there, its digests, and who purged it and why stay"
          + " in custody.",
    },
    footer = {
      "%nExample:",
      "  whorl evidence purge ID --reason \"test capture\"",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class EvidencePurgeCommand extends RemoteCommand {
  @Parameters(
      arity = "1..*",
      paramLabel = "ID",
      description = "The evidence, as `whorl evidence list` names it.",
      converter = IdConverter.class)
  private List<Id> evidence;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why; for custody.")
  private @Nullable String reason;

  EvidencePurgeCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    for (Id evidenceId : evidence) {
      collector.purgeEvidence(evidenceId, reason);
      commandContext.terminal().note("whorl: purged " + evidenceId);
    }
    return ExitStatus.DONE;
  }
}
