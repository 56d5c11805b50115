package whorl.collector.cli.notify;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.ListingCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.Table;

@Command(
    name = "notifications",
    header = "Show notifications and whether their messages arrive; send test messages.",
    synopsisSubcommandLabel = "[COMMAND]",
    description = {
      "",
      "Without a command, lists the notifications of serve --notify. What was given up is listed by"
          + " `whorl notifications dead`, and waits for retry or discard.",
    },
    footer = {
      "%nExamples:",
      "  whorl notifications",
      "  whorl notifications test on-call",
    })
public final class NotificationsCommand extends ListingCommand<NotificationRow> {
  private NotificationsCommand(CommandContext commandContext) {
    super(commandContext, "notifications");
  }

  /** The command with its subcommands. */
  public static CommandLine commandLine(CommandContext commandContext) {
    return new CommandLine(new NotificationsCommand(commandContext))
        .addSubcommand(new TestCommand(commandContext))
        .addSubcommand(new DeadCommand(commandContext))
        .addSubcommand(new RetryCommand(commandContext))
        .addSubcommand(new DiscardCommand(commandContext));
  }

  @Override
  protected Map<String, @Nullable Object> filters() {
    return Map.of();
  }

  @Override
  protected CollectorClient.Listing<NotificationRow> fetch(
      CollectorClient collector, Map<String, String> filters, int limit) {
    return collector.list("notifications", "notifications", NotificationRow.class);
  }

  @Override
  protected Table table(List<NotificationRow> rows) {
    Table table =
        new Table(
            Table.exact("NAME"),
            Table.exact("TYPE"),
            Table.exact("STATUS"),
            Table.exact("DELIVERED"),
            Table.exact("WAITING"),
            Table.exact("DEAD"),
            Table.optional(Table.exact("LAST")),
            Table.optional(Table.flexible("TARGET")),
            Table.message("PROBLEM"));
    for (NotificationRow row : rows) {
      table.row(
          row.name(),
          row.type(),
          row.status(),
          row.delivered(),
          row.waiting(),
          row.dead(),
          Table.time(row.success()),
          row.target(),
          row.status().equals("failing") ? row.problem() : null);
    }
    return table;
  }
}
