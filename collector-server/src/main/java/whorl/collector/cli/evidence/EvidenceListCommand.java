package whorl.collector.cli.evidence;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.EvidenceRow;
import whorl.collector.cli.command.IdConverter;
import whorl.collector.cli.command.ListingCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;
import whorl.evidence.Id;

@Command(
    name = "list",
    header = "List evidence.",
    footer = {
      "%nExample:",
      "  whorl evidence list --service shop",
    })
final class EvidenceListCommand extends ListingCommand<EvidenceRow> {
  @Option(names = "--service", paramLabel = "S", description = "Only of this service.")
  private @Nullable String service;

  @Option(
      names = "--agent",
      paramLabel = "ID",
      description = "Only of this agent.",
      converter = IdConverter.class)
  private @Nullable Id agent;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "Only in this state, such as sealed or partial.")
  private @Nullable String state;

  EvidenceListCommand(CommandContext commandContext) {
    super(commandContext, "evidence");
  }

  @Override
  protected Map<String, @Nullable Object> filters() {
    Map<String, @Nullable Object> filters = new LinkedHashMap<>();
    filters.put("service", service);
    filters.put("agent", agent);
    filters.put("state", state);
    return filters;
  }

  @Override
  protected CollectorClient.Listing<EvidenceRow> fetch(
      CollectorClient collector, Map<String, String> filters, int limit) {
    return collector.evidence(filters, limit);
  }

  @Override
  protected Table table(List<EvidenceRow> rows) {
    Table table =
        new Table(
            Table.exact("SEALED"),
            Table.flexible("SERVICE"),
            Table.exact("STATE"),
            Table.exact("SIGNED"),
            Table.flexible("WHY"),
            Table.exact("SIZE"),
            Table.exact("EVIDENCE"));
    for (EvidenceRow row : rows) {
      boolean signed = row.signature() != null && row.signature().verified();
      table.row(
          Table.time(row.sealedAt()),
          row.service(),
          row.state(),
          signed
              ? Table.Cell.of("yes", Terminal.Style.GOOD)
              : Table.Cell.of("no", Terminal.Style.WARNING),
          row.shortReason(),
          Table.size(row.bytes()),
          row.id());
    }
    return table;
  }
}
