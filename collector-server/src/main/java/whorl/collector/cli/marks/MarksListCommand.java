package whorl.collector.cli.marks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.Indexing;
import whorl.collector.cli.command.EvidenceOption;
import whorl.collector.cli.command.ListingCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.Table;
import whorl.evidence.Id;

@Command(
    name = "list",
    header = "List what people have marked in evidence.",
    description = {
      "",
      "One line for each mark of a person. Marks of rows that the timeline does not have any more"
          + " have no row.",
    },
    footer = {
      "%nExamples:",
      "  whorl marks list latest",
      "  whorl timeline latest --marked",
    })
final class MarksListCommand extends ListingCommand<MarkRow> {
  @Mixin private EvidenceOption evidence = new EvidenceOption();

  @Option(names = "--row", paramLabel = "ROW", description = "Only of this row.")
  private @Nullable Long row;

  private final CommandContext commandContext;

  MarksListCommand(CommandContext commandContext) {
    super(commandContext, "marks");
    this.commandContext = commandContext;
  }

  @Override
  protected Map<String, @Nullable Object> filters() {
    Map<String, @Nullable Object> filters = new LinkedHashMap<>();
    filters.put("row", row);
    return filters;
  }

  @Override
  protected CollectorClient.Listing<MarkRow> fetch(
      CollectorClient collector, Map<String, String> filters, int limit) {
    Id id = evidence.of(collector);
    return Indexing.await(
        commandContext,
        () -> collector.list("evidence/" + id + "/marks", "marks", filters, limit, MarkRow.class));
  }

  @Override
  protected Table table(List<MarkRow> rows) {
    Table table =
        new Table(
            Table.message("WHAT"),
            Table.flexible("MARK"),
            Table.flexible("BY"),
            Table.exact("TIME"),
            Table.exact("ROW"));
    for (MarkRow mark : rows) {
      table.row(
          mark.message(),
          mark.words(),
          mark.mine() ? "you" : mark.by(),
          Table.time(mark.time()),
          mark.row());
    }
    return table;
  }
}
