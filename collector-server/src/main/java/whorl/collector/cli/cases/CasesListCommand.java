package whorl.collector.cli.cases;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.ListingCommand;
import whorl.collector.cli.command.PeriodOptions;
import whorl.collector.cli.command.Words;
import whorl.collector.cli.ids.GivenId;
import whorl.collector.cli.ids.GivenIdConverter;
import whorl.collector.cli.ids.IdKind;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;

@Command(
    name = "list",
    header = "List cases.",
    footer = {
      "%nExample:",
      "  whorl cases list --state open",
    })
final class CasesListCommand extends ListingCommand<CaseRow> {
  @Option(
      names = "--state",
      completionCandidates = States.class,
      converter = States.class,
      paramLabel = "STATE",
      description = "Only open or closed ones.")
  private @Nullable String state;

  @Option(names = "--tag", paramLabel = "TAG", description = "Only with this tag.")
  private @Nullable String tag;

  @Option(
      names = "--evidence",
      paramLabel = "ID",
      description = "Only those that this evidence is in.",
      converter = GivenIdConverter.class)
  private @Nullable GivenId evidence;

  @Mixin private PeriodOptions period = new PeriodOptions();

  /** The values of --state. */
  static final class States extends Words {
    States() {
      super("open", "closed");
    }
  }

  CasesListCommand(CommandContext commandContext) {
    super(commandContext, "cases");
  }

  @Override
  protected Map<String, @Nullable Object> filters() {
    Map<String, @Nullable Object> filters = new LinkedHashMap<>();
    filters.put("state", state);
    filters.put("tag", tag);
    filters.put("evidence", IdKind.EVIDENCE.of(evidence));
    filters.put("from", period.from());
    filters.put("to", period.to());
    return filters;
  }

  @Override
  protected CollectorClient.Listing<CaseRow> fetch(
      CollectorClient collector, Map<String, String> filters, int limit) {
    return new CaseClient(collector).cases(filters, limit);
  }

  @Override
  protected Table table(List<CaseRow> rows) {
    Table table =
        new Table(
            Table.message("TITLE"),
            Table.exact("STATE"),
            Table.exact("HOLD"),
            Table.optional(Table.flexible("TAGS")),
            Table.exact("EVIDENCE"),
            Table.optional(Table.exact("NOTES")),
            Table.exact("CREATED"),
            Table.id("CASE"));
    for (CaseRow row : rows) {
      table.row(
          row.title(),
          row.state(),
          row.hold() == null ? "no" : Table.Cell.of("yes", Terminal.Style.WARNING),
          String.join(", ", row.tags()),
          Long.toString(row.evidenceCount()),
          Long.toString(row.noteCount()),
          Table.time(row.createdAt()),
          row.id());
    }
    return table;
  }
}
