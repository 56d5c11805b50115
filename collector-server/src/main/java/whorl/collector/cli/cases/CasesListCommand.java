package whorl.collector.cli.cases;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.CaseRow;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.IdConverter;
import whorl.collector.cli.command.ListingCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;
import whorl.evidence.Id;

@Command(
    name = "list",
    header = "List cases.",
    footer = {
      "%nExample:",
      "  whorl cases list --state open",
    })
final class CasesListCommand extends ListingCommand<CaseRow> {
  @Option(names = "--state", paramLabel = "STATE", description = "Only open or closed ones.")
  private @Nullable String state;

  @Option(names = "--tag", paramLabel = "TAG", description = "Only with this tag.")
  private @Nullable String tag;

  @Option(
      names = "--evidence",
      paramLabel = "ID",
      description = "Only those that this evidence is in.",
      converter = IdConverter.class)
  private @Nullable Id evidence;

  CasesListCommand(CommandContext commandContext) {
    super(commandContext, "cases");
  }

  @Override
  protected Map<String, @Nullable Object> filters() {
    Map<String, @Nullable Object> filters = new LinkedHashMap<>();
    filters.put("state", state);
    filters.put("tag", tag);
    filters.put("evidence", evidence);
    return filters;
  }

  @Override
  protected CollectorClient.Listing<CaseRow> fetch(
      CollectorClient collector, Map<String, String> filters, int limit) {
    return collector.cases(filters, limit);
  }

  @Override
  protected Table table(List<CaseRow> rows) {
    Table table =
        new Table(
            Table.exact("CREATED"),
            Table.flexible("TITLE"),
            Table.exact("STATE"),
            Table.exact("HOLD"),
            Table.flexible("TAGS"),
            Table.exact("EVIDENCE"),
            Table.exact("NOTES"),
            Table.exact("CASE"));
    for (CaseRow row : rows) {
      table.row(
          Table.time(row.createdAt()),
          row.title(),
          row.state(),
          row.hold() == null ? "no" : Table.Cell.of("yes", Terminal.Style.WARNING),
          String.join(", ", row.tags()),
          Long.toString(row.evidenceCount()),
          Long.toString(row.noteCount()),
          row.id());
    }
    return table;
  }
}
