package whorl.collector.cli.marks;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.ids.GivenRow;
import whorl.collector.cli.terminal.CommandContext;

@Command(
    name = "remove",
    header = "Remove your marks from rows, or parts of them.",
    description = {"", "Without options all of your mark; what others have marked stays."},
    footer = {
      "%nExamples:",
      "  whorl marks remove latest:4711",
      "  whorl marks remove latest:4711 --tag reported",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class MarksRemoveCommand extends MarkChange {
  @Parameters(
      arity = "1..*",
      paramLabel = "EVIDENCE:ROW",
      description = "Rows, as `whorl timeline` names them.",
      converter = GivenRow.Converter.class)
  private List<GivenRow> rows;

  @Option(names = "--star", description = "Only the star.")
  private boolean star;

  @Option(names = "--tag", paramLabel = "T", split = ",", description = "Only these tags.")
  private List<String> tags = List.of();

  @Option(names = "--note", description = "Only the note.")
  private boolean note;

  MarksRemoveCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  List<GivenRow> rows() {
    return rows;
  }

  @Override
  MarkRow changed(MarkRow before) {
    boolean all = !star && tags.isEmpty() && !note;
    return before
        .withStar(before.star() && !star && !all)
        .withTags(
            all ? List.of() : before.tags().stream().filter(tag -> !tags.contains(tag)).toList())
        .withNote(note || all ? null : before.note());
  }
}
