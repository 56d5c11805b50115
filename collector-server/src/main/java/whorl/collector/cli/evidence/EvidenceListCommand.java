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
import whorl.collector.cli.command.LevelConverter;
import whorl.collector.cli.command.ListingCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.Levels;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;
import whorl.evidence.Id;
import whorl.evidence.Level;

@Command(
    name = "list",
    header = "List evidence.",
    footer = {
      "%nExample:",
      "  whorl evidence list --service shop",
      "  whorl evidence list --level high --worst-first",
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

  @Option(
      names = "--level",
      paramLabel = "L",
      description =
          "Only of this level or a higher one: informational, low, medium, high or critical. It is"
              + " that of the gravest finding, or of the trigger until there is one.",
      converter = LevelConverter.class)
  private @Nullable Level level;

  @Option(
      names = "--query",
      paramLabel = "WORDS",
      description = "Only with all these words in titles, rule, service or reason.")
  private @Nullable String words;

  @Option(names = "--worst-first", description = "Order by level, not by time.")
  private boolean worstFirst;

  EvidenceListCommand(CommandContext commandContext) {
    super(commandContext, "evidence");
  }

  @Override
  protected Map<String, @Nullable Object> filters() {
    Map<String, @Nullable Object> filters = new LinkedHashMap<>();
    filters.put("service", service);
    filters.put("agent", agent);
    filters.put("state", state);
    filters.put("atLeast", level == null ? null : level.word());
    filters.put("q", words);
    filters.put("order", worstFirst ? "worst" : null);
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
            Table.exact("LEVEL"),
            Table.flexible("WHAT"),
            Table.flexible("SERVICE"),
            Table.exact("STATE"),
            Table.exact("SIGNED"),
            Table.flexible("BECAUSE"),
            Table.exact("SIZE"),
            Table.exact("EVIDENCE"));
    for (EvidenceRow row : rows) {
      boolean signed = row.signature() != null && row.signature().verified();
      table.row(
          Table.time(row.sealedAt()),
          Table.Cell.of(row.level(), Levels.style(row.level())),
          row.title(),
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
