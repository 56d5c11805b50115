package whorl.collector.cli.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.EvidenceRow;
import whorl.collector.cli.command.LevelConverter;
import whorl.collector.cli.command.ListingCommand;
import whorl.collector.cli.command.PeriodOptions;
import whorl.collector.cli.command.Words;
import whorl.collector.cli.ids.GivenId;
import whorl.collector.cli.ids.GivenIdConverter;
import whorl.collector.cli.ids.IdKind;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.Levels;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;
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
      converter = GivenIdConverter.class)
  private @Nullable GivenId agent;

  @Option(
      names = "--state",
      completionCandidates = States.class,
      converter = States.class,
      paramLabel = "STATE",
      description = "Only in this state: sealed, partial or failed.")
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

  @Mixin private PeriodOptions period = new PeriodOptions();

  @Option(names = "--worst-first", description = "Order by level, not by time.")
  private boolean worstFirst;

  @Option(names = "--artifacts", description = "With --json: each one's artifacts, too.")
  private boolean artifacts;

  /** The values of --state that a collector can filter by; what is lost is in every list. */
  static final class States extends Words {
    States() {
      super("sealed", "partial", "failed");
    }
  }

  EvidenceListCommand(CommandContext commandContext) {
    super(commandContext, "evidence");
  }

  @Override
  protected Map<String, @Nullable Object> filters() {
    Map<String, @Nullable Object> filters = new LinkedHashMap<>();
    filters.put("service", service);
    filters.put("agent", IdKind.AGENT.of(agent));
    filters.put("state", state);
    filters.put("atLeast", level == null ? null : level.word());
    filters.put("q", words);
    filters.put("order", worstFirst ? "worst" : null);
    filters.put("from", period.from());
    filters.put("to", period.to());
    return filters;
  }

  @Override
  protected CollectorClient.Listing<EvidenceRow> fetch(
      CollectorClient collector, Map<String, String> filters, int limit) {
    return collector.evidence(filters, limit);
  }

  /** A piece of evidence can have thousands of artifacts; a list has their number and size. */
  @Override
  protected JsonNode summary(JsonNode row) {
    if (artifacts || !(row instanceof ObjectNode evidence) || !row.path("artifacts").isArray()) {
      return row;
    }
    long bytes = 0;
    for (JsonNode artifact : row.path("artifacts")) {
      bytes += artifact.path("size").asLong();
    }
    ObjectNode summary = evidence.deepCopy();
    summary.put("artifactCount", row.path("artifacts").size());
    summary.put("bytes", bytes);
    summary.remove("artifacts");
    return summary;
  }

  @Override
  protected Table table(List<EvidenceRow> rows) {
    Table table =
        new Table(
            Table.message("WHAT"),
            Table.exact("LEVEL"),
            Table.flexible("SERVICE"),
            Table.exact("SEALED"),
            Table.optional(Table.exact("STATE")),
            Table.optional(Table.exact("SIGNED")),
            Table.optional(Table.exact("SIZE")),
            Table.optional(Table.flexible("TRIGGER")),
            Table.id("EVIDENCE"));
    for (EvidenceRow row : rows) {
      boolean signed = row.signature() != null && row.signature().verified();
      table.row(
          row.title(),
          Table.Cell.of(row.level(), Levels.style(row.level())),
          row.service(),
          Table.time(row.sealedAt()),
          row.state(),
          signed
              ? Table.Cell.of("yes", Terminal.Style.GOOD)
              : Table.Cell.of("no", Terminal.Style.WARNING),
          Table.size(row.bytes()),
          row.shortReason(),
          row.id());
    }
    return table;
  }
}
