package whorl.collector.cli.fleet;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.AlertRow;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.LevelConverter;
import whorl.collector.cli.command.ListingCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.Levels;
import whorl.collector.cli.terminal.Table;
import whorl.evidence.Level;

@Command(
    name = "alerts",
    header = "List alerts, from agents and from outside, newest first.",
    footer = {
      "%nExample:",
      "  whorl alerts --service shop --level critical",
    })
public final class AlertsCommand extends ListingCommand<AlertRow> {
  @Option(names = "--service", paramLabel = "S", description = "Only of this service.")
  private @Nullable String service;

  @Option(names = "--rule", paramLabel = "ID", description = "Only of the rule with this id.")
  private @Nullable String rule;

  @Option(
      names = "--level",
      paramLabel = "L",
      description = "Only of this level: informational, low, medium, high or critical.",
      converter = LevelConverter.class)
  private @Nullable Level level;

  @Option(
      names = "--source",
      paramLabel = "W",
      description = "Only from whorl, collector, falco, alertmanager, cloudevents or generic.")
  private @Nullable String source;

  public AlertsCommand(CommandContext commandContext) {
    super(commandContext, "alerts");
  }

  @Override
  protected Map<String, @Nullable Object> filters() {
    Map<String, @Nullable Object> filters = new LinkedHashMap<>();
    filters.put("service", service);
    filters.put("rule", rule);
    filters.put("level", level == null ? null : level.word());
    filters.put("source", source);
    return filters;
  }

  @Override
  protected CollectorClient.Listing<AlertRow> fetch(
      CollectorClient collector, Map<String, String> filters, int limit) {
    return collector.alerts(filters, limit);
  }

  @Override
  protected Table table(List<AlertRow> rows) {
    Table table =
        new Table(
            Table.exact("TIME"),
            Table.exact("LEVEL"),
            Table.flexible("SERVICE"),
            Table.flexible("TITLE"),
            Table.flexible("SOURCE"),
            Table.exact("EVIDENCE"));
    for (AlertRow row : rows) {
      table.row(
          Table.time(row.time()),
          row.resolved() ? "resolved" : Table.Cell.of(row.level(), Levels.style(row.level())),
          row.service(),
          row.describe(),
          row.source(),
          row.evidence());
    }
    return table;
  }
}
