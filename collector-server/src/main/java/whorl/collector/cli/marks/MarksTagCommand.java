package whorl.collector.cli.marks;

import java.util.List;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.ids.GivenRow;
import whorl.collector.cli.terminal.CommandContext;

@Command(
    name = "tag",
    header = "Add tags to a row; it keeps those that it has.",
    footer = {
      "%nExample:",
      "  whorl marks tag latest:4711 way-in reported",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class MarksTagCommand extends MarkChange {
  @Parameters(
      index = "0",
      paramLabel = "EVIDENCE:ROW",
      description = "The row, as `whorl timeline` names it.",
      converter = GivenRow.Converter.class)
  private GivenRow row;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "TAG",
      description = "At most 40 characters each, and 10 on a row.")
  private List<String> tags;

  MarksTagCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  List<GivenRow> rows() {
    return List.of(row);
  }

  @Override
  MarkRow changed(MarkRow before) {
    TreeSet<String> all = new TreeSet<>(before.tags());
    all.addAll(tags);
    return before.withTags(List.copyOf(all));
  }
}
