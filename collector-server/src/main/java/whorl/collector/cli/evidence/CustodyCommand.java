package whorl.collector.cli.evidence;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.CustodyRow;
import whorl.collector.cli.command.IdConverter;
import whorl.collector.cli.command.ListingCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.Table;
import whorl.evidence.Id;

@Command(
    name = "custody",
    header = "List a piece of evidence's entries in the custody log, oldest first.",
    description = {
      "",
      "All that was done with it: received, sealed, read, exported, held, released, purged. It is"
          + " listed for purged evidence too.",
    },
    footer = {
      "%nExit status 4 when the log has no entry of it.",
      "%nExample:",
      "  whorl custody ID --limit 1000",
    })
public final class CustodyCommand extends ListingCommand<CustodyRow> {
  @Parameters(paramLabel = "ID", description = "The evidence.", converter = IdConverter.class)
  private @Nullable Id evidence;

  public CustodyCommand(CommandContext commandContext) {
    super(commandContext, "entries");
  }

  @Override
  protected Map<String, @Nullable Object> filters() {
    return Map.of("evidence", String.valueOf(evidence));
  }

  @Override
  protected CollectorClient.Listing<CustodyRow> fetch(
      CollectorClient collector, Map<String, String> filters, int limit) {
    return collector.custody(filters, limit);
  }

  @Override
  protected Table table(List<CustodyRow> rows) {
    Table table =
        new Table(
            Table.exact("NO"),
            Table.exact("TIME"),
            Table.exact("ACTION"),
            Table.flexible("BY"),
            Table.flexible("DETAILS"));
    for (CustodyRow row : rows) {
      table.row(
          row.sequence(), Table.time(row.time()), row.action(), row.actor(), details(row.detail()));
    }
    return table;
  }

  private static String details(@Nullable Map<String, String> detail) {
    return detail == null
        ? ""
        : new TreeMap<>(detail)
            .entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(" "));
  }
}
