package whorl.collector.cli.cases;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.HoldRow;
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
    header = "Show one case: its evidence, its newest notes, its hold.",
    footer = {
      "%nExample:",
      "  whorl cases show 0199f0a2-7c51-7e43-9d5e-0a4b6c2d1e0f",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class CasesShowCommand extends RemoteCommand {
  @Parameters(
      paramLabel = "CASE",
      description = "As `whorl cases list` names it.",
      converter = GivenIdConverter.class)
  private GivenId id;

  @Option(names = "--json", description = "Print JSON, as the collector's API has it.")
  private boolean json;

  CasesShowCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    Id id = Ids.of(collector, IdKind.CASE, this.id);
    CollectorClient.One<CaseRow> found = new CaseClient(collector).find(id);
    Terminal terminal = commandContext.terminal();
    if (json) {
      terminal.json(found.json());
    } else {
      show(found.row(), terminal);
    }
    return ExitStatus.DONE;
  }

  private static void show(CaseRow found, Terminal terminal) {
    terminal.line("Case:      " + found.id());
    terminal.line("Title:     " + found.title());
    terminal.line("State:     " + found.state());
    terminal.line("Created:   " + Table.time(found.createdAt()) + " by " + found.createdBy());
    if (!found.tags().isEmpty()) {
      terminal.line("Tags:      " + String.join(", ", found.tags()));
    }
    HoldRow hold = found.hold();
    if (hold != null) {
      terminal.line("On hold:   " + hold.words());
    }
    if (found.description() != null && !found.description().isBlank()) {
      terminal.line("");
      found.description().lines().forEach(terminal::line);
    }
    if (!found.evidence().isEmpty()) {
      terminal.line("");
      evidence(found).print(terminal);
    }
    if (!found.notes().isEmpty()) {
      terminal.line("");
      terminal.line(
          found.noteCount() > found.notes().size()
              ? "The last " + found.notes().size() + " of " + found.noteCount() + " notes"
              : "Notes");
      found.notes().forEach(note -> show(note, terminal));
    }
  }

  /** The worst first; what the collector says nothing of by its id alone. */
  private static Table evidence(CaseRow found) {
    Table table =
        new Table(
            Table.exact("LEVEL"),
            Table.message("EVIDENCE"),
            Table.flexible("SERVICE"),
            Table.exact("SEALED"),
            Table.exact("STATE"),
            Table.id("ID"));
    Set<Id> known = new HashSet<>();
    for (CaseRow.Line line : found.lines() == null ? List.<CaseRow.Line>of() : found.lines()) {
      known.add(line.id());
      Instant sealedAt = line.sealedAt();
      table.row(
          line.level(),
          title(line.gravest()),
          line.service(),
          sealedAt == null ? null : Table.time(sealedAt),
          line.state(),
          line.id());
    }
    for (Id evidence : found.evidence()) {
      if (!known.contains(evidence)) {
        table.row(null, null, null, null, null, evidence);
      }
    }
    return table;
  }

  private static String title(CaseRow.@Nullable Gravest gravest) {
    if (gravest == null) {
      return "";
    }
    if (gravest.title() != null) {
      return gravest.title();
    }
    return switch (String.valueOf(gravest.examination())) {
      case "done" -> "nothing found";
      case "encrypted" -> "encrypted, not examined";
      default -> "not analysed yet";
    };
  }

  private static void show(CaseRow.NoteRow note, Terminal terminal) {
    terminal.line(
        "  "
            + Table.time(note.at())
            + " "
            + note.by()
            + (note.row() == null ? "" : ", on row " + note.row()));
    if (note.text() != null) {
      note.text().lines().forEach(line -> terminal.line("    " + line));
    }
  }
}
