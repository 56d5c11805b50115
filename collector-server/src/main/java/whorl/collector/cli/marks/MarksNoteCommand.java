package whorl.collector.cli.marks;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.ids.GivenRow;
import whorl.collector.cli.terminal.CommandContext;

@Command(
    name = "note",
    header = "Write a note on a row; it replaces your note on that row.",
    footer = {
      "%nExample:",
      "  whorl marks note latest:4711 \"the way in\"",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class MarksNoteCommand extends MarkChange {
  @Parameters(
      index = "0",
      paramLabel = "EVIDENCE:ROW",
      description = "The row, as `whorl timeline` names it.",
      converter = GivenRow.Converter.class)
  private GivenRow row;

  @Parameters(index = "1", paramLabel = "TEXT", description = "At most 4000 characters.")
  private String text;

  MarksNoteCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  List<GivenRow> rows() {
    return List.of(row);
  }

  @Override
  MarkRow changed(MarkRow before) {
    return before.withNote(text.isBlank() ? null : text);
  }
}
