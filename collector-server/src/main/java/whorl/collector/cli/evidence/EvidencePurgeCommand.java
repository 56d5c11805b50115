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
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.Confirmation;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.evidence.Id;

@Command(
    name = "purge",
    header = "Delete evidence for good; needs a token of role admin.",
    description = {
      "",
      "Asks first. Evidence on hold is refused. That it was there, its digests, and who purged it"
          + " and why stay in custody.",
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
      converter = GivenIdConverter.class)
  private List<GivenId> evidence;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      required = true,
      description = "Why; for custody.")
  private String reason;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  EvidencePurgeCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    if (evidence.stream().anyMatch(GivenId::isLatest)) {
      throw CliException.usage(
          "the latest may be another one in a moment", "name what is to be purged by its id");
    }
    List<Id> purged = Ids.all(collector, IdKind.EVIDENCE, evidence);
    new Confirmation(commandContext.terminal())
        .ask(
            "purge for good " + String.join(", ", purged.stream().map(Id::value).toList()) + "?",
            yes);
    for (Id evidenceId : purged) {
      collector.purgeEvidence(evidenceId, reason);
      commandContext.terminal().note("whorl: purged " + evidenceId);
    }
    return ExitStatus.DONE;
  }
}
