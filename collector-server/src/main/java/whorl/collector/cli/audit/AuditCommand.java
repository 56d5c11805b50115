package whorl.collector.cli.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.ListingCommand;
import whorl.collector.cli.command.PeriodOptions;
import whorl.collector.cli.ids.GivenId;
import whorl.collector.cli.ids.GivenIdConverter;
import whorl.collector.cli.ids.IdKind;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.Table;
import whorl.evidence.Text;

@Command(
    name = "audit",
    header = "List who did what with evidence and with the collector, newest first.",
    description = {
      "",
      "It is the custody log by time, person and act. With a role for a part, only acts on what",
      "is in it are listed.",
    },
    footer = {
      "%nACT is a word of the log or its beginning: login, capture, read, export, verify, hold,"
          + " release, purge, mute, mark, rules, tokens, hunt, probe, case, import. Several are"
          + " separated by commas.",
      "%nExit status 4 when nothing matches.",
      "%nExamples:",
      "  whorl audit --since 24h",
      "  whorl audit --what purge,release",
      "  whorl audit --who admin-1a2b3c4d --since 7d",
    })
public final class AuditCommand extends ListingCommand<AuditRow> {
  @Mixin private PeriodOptions period = new PeriodOptions();

  @Option(
      names = "--who",
      paramLabel = "NAME",
      description = "Only acts of this person, also by their API tokens.")
  private @Nullable String who;

  @Option(names = "--what", paramLabel = "ACT", description = "Only such acts.")
  private @Nullable String what;

  @Option(
      names = "--evidence",
      paramLabel = "ID",
      converter = GivenIdConverter.class,
      description = "Only acts on this evidence.")
  private @Nullable GivenId evidence;

  @Option(names = "--all", description = "What agents and the collector did as well.")
  private boolean all;

  private long behind;

  public AuditCommand(CommandContext commandContext) {
    super(commandContext, "entries");
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    int status = super.run(collector, commandContext);
    if (behind > 0) {
      commandContext
          .terminal()
          .note(
              "whorl: not listed yet: "
                  + Text.counted(behind, "entry of the log")
                  + "; ask again soon");
    }
    return status;
  }

  @Override
  protected Map<String, @Nullable Object> filters() {
    Map<String, @Nullable Object> filters = new LinkedHashMap<>();
    filters.put("from", period.from());
    filters.put("to", period.to());
    filters.put("who", who);
    filters.put("what", what);
    filters.put("evidence", IdKind.EVIDENCE.of(evidence));
    filters.put("all", all ? true : null);
    return filters;
  }

  @Override
  protected CollectorClient.Listing<AuditRow> fetch(
      CollectorClient collector, Map<String, String> filters, int limit) {
    return collector.list("audit", "entries", filters, limit, AuditRow.class, this::note);
  }

  private void note(JsonNode page) {
    behind = page.path("behind").asLong();
  }

  @Override
  protected Table table(List<AuditRow> rows) {
    Table table =
        new Table(
            Table.exact("TIME"),
            Table.flexible("WHO"),
            Table.exact("ACT"),
            Table.id("EVIDENCE"),
            Table.message("DETAILS"));
    for (AuditRow row : rows) {
      table.row(
          Table.time(row.time()), row.who(), row.action(), row.evidence(), details(row.detail()));
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
