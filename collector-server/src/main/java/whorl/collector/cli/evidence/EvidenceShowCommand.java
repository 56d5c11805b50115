package whorl.collector.cli.evidence;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.EvidenceRow;
import whorl.collector.cli.client.HeapText;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.ids.GivenId;
import whorl.collector.cli.ids.GivenIdConverter;
import whorl.collector.cli.ids.IdKind;
import whorl.collector.cli.ids.Ids;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;
import whorl.evidence.Id;

@Command(
    name = "show",
    header = "Show one piece of evidence and its artifacts.",
    footer = {
      "%nExample:",
      "  whorl evidence show 0199f0a2-7c51-7e43-9d5e-0a4b6c2d1e0f",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class EvidenceShowCommand extends RemoteCommand {
  @Parameters(
      paramLabel = "ID",
      description = "The evidence, as `whorl evidence list` names it.",
      converter = GivenIdConverter.class)
  private GivenId id;

  @Option(names = "--json", description = "Print JSON, as the collector's API has it.")
  private boolean json;

  EvidenceShowCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    Id id = Ids.of(collector, IdKind.EVIDENCE, this.id);
    CollectorClient.One<EvidenceRow> evidence = collector.evidence(id);
    Terminal terminal = commandContext.terminal();
    if (json) {
      terminal.json(evidence.json());
    } else {
      show(evidence.row(), terminal);
    }
    return ExitStatus.DONE;
  }

  private static void show(EvidenceRow evidence, Terminal terminal) {
    field(terminal, "Evidence", evidence.id());
    field(terminal, "Capture", evidence.capture());
    field(terminal, "Agent", evidence.agent());
    field(terminal, "Service", evidence.service());
    EvidenceRow.Gravest gravest = evidence.gravest();
    if (gravest != null) {
      field(terminal, "Gravest", gravest.title());
    }
    field(terminal, "Level", evidence.level());
    EvidenceRow.AlertPart alert = evidence.alert();
    if (alert != null) {
      field(terminal, "Alert", alert.title() + " (" + alert.level() + ")");
      field(terminal, "Rule", alert.rule());
    }
    field(terminal, "Reason", evidence.reason());
    field(
        terminal, "Encrypted", evidence.recipient() == null ? null : "to " + evidence.recipient());
    field(terminal, "State", evidence.state());
    field(terminal, "Sealed", Table.time(evidence.sealedAt()));
    field(terminal, "Signature", signature(evidence.signature()));
    EvidenceRow.HeapPart heap = evidence.heap();
    if (heap != null) {
      terminal.line("");
      terminal.line("Heap snapshot");
      HeapText.facts(heap).forEach(fact -> terminal.line("  " + fact));
    }
    if (!evidence.missing().isEmpty()) {
      terminal.line("");
      terminal.line("Missing");
      evidence.missing().forEach(m -> terminal.line("  " + m.artifact() + ": " + m.reason()));
    }
    terminal.line("");
    Table table =
        new Table(
            Table.message("ARTIFACT"),
            Table.exact("SIZE"),
            Table.optional(Table.flexible("TYPE")),
            Table.flexible("SHA-256"));
    for (EvidenceRow.ArtifactRow artifact : evidence.artifacts()) {
      table.row(
          artifact.name()
              + (artifact.derived() ? " (derived)" : "")
              + (artifact.incomplete() ? " (incomplete)" : "")
              + (artifact.unlisted() ? " (unlisted)" : ""),
          Table.size(artifact.size()),
          artifact.mediaType(),
          artifact.sha256());
    }
    table.print(terminal);
  }

  private static String signature(EvidenceRow.@Nullable SignaturePart signature) {
    if (signature == null || !signature.verified()) {
      return "not verified";
    }
    return "verified, key "
        + signature.keyId()
        + (Boolean.FALSE.equals(signature.enrolled()) ? ", which was never enrolled" : "");
  }

  private static void field(Terminal terminal, String name, @Nullable Object value) {
    if (value != null) {
      terminal.line((name + ":          ").substring(0, 11) + value);
    }
  }
}
