package whorl.collector.cli.marks;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.ids.GivenRow;
import whorl.collector.cli.terminal.CommandContext;

@Command(
    name = "star",
    header = "Give rows a star.",
    footer = {
      "%nExample:",
      "  whorl marks star latest:4711",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class MarksStarCommand extends MarkChange {
  @Parameters(
      arity = "1..*",
      paramLabel = "EVIDENCE:ROW",
      description = "Rows, as `whorl timeline` names them.",
      converter = GivenRow.Converter.class)
  private List<GivenRow> rows;

  MarksStarCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  List<GivenRow> rows() {
    return rows;
  }

  @Override
  MarkRow changed(MarkRow before) {
    return before.withStar(true);
  }
}
