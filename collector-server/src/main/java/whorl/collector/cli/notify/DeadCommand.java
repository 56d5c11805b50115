package whorl.collector.cli.notify;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.ListingCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.Table;

@Command(
    name = "dead",
    header = "List messages that were given up, newest first.",
    footer = {
      "%nExample:",
      "  whorl notifications dead",
    })
final class DeadCommand extends ListingCommand<DeadRow> {
  DeadCommand(CommandContext commandContext) {
    super(commandContext, "messages");
  }

  @Override
  protected Map<String, @Nullable Object> filters() {
    return Map.of();
  }

  @Override
  protected CollectorClient.Listing<DeadRow> fetch(
      CollectorClient collector, Map<String, String> filters, int limit) {
    return collector.list("notifications/dead", "messages", filters, limit, DeadRow.class);
  }

  @Override
  protected Table table(List<DeadRow> rows) {
    Table table =
        new Table(
            Table.message("TITLE"),
            Table.exact("LEVEL"),
            Table.optional(Table.flexible("SERVICE")),
            Table.flexible("NOTIFICATION"),
            Table.exact("ADDED"),
            Table.optional(Table.exact("TRIED")),
            Table.flexible("PROBLEM"),
            Table.id("ID"));
    for (DeadRow row : rows) {
      table.row(
          row.title(),
          row.level(),
          row.service(),
          row.notification(),
          Table.time(row.added()),
          row.attempts(),
          row.problem(),
          row.id());
    }
    return table;
  }
}
