package whorl.collector.cli.cases;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.ids.GivenId;
import whorl.collector.cli.ids.GivenIdConverter;
import whorl.collector.cli.ids.GivenRow;
import whorl.collector.cli.ids.IdKind;
import whorl.collector.cli.ids.Ids;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.evidence.Id;

@Command(
    name = "note",
    header = "Write a note into a case.",
    footer = {
      "%nExample:",
      "  whorl cases note CASE \"the way in\" --row EVIDENCE:4711",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class CasesNoteCommand extends RemoteCommand {
  @Parameters(
      index = "0",
      paramLabel = "CASE",
      description = "As `whorl cases list` names it.",
      converter = GivenIdConverter.class)
  private GivenId id;

  @Parameters(index = "1", paramLabel = "TEXT", description = "At most 4000 characters.")
  private String text;

  @Option(
      names = "--row",
      paramLabel = "EVIDENCE:ROW",
      description = "The row of a timeline that it speaks of.",
      converter = GivenRow.Converter.class)
  private @Nullable GivenRow row;

  CasesNoteCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    Id id = Ids.of(collector, IdKind.CASE, this.id);
    new CaseClient(collector).note(id, text, row == null ? null : row.eventId(collector));
    commandContext.terminal().note("whorl: noted in case " + id);
    return ExitStatus.DONE;
  }
}
