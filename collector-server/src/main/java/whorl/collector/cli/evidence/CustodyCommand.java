package whorl.collector.cli.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.CustodyRow;
import whorl.collector.cli.command.ListingCommand;
import whorl.collector.cli.command.PeriodOptions;
import whorl.collector.cli.ids.GivenId;
import whorl.collector.cli.ids.GivenIdConverter;
import whorl.collector.cli.ids.IdKind;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;

@Command(
    name = "custody",
    header = "List a piece of evidence's entries in the custody log, or check the log itself.",
    description = {
      "",
      "With ID: all that was done with it, oldest first: received, sealed, read, exported, held,"
          + " released, purged. It is listed for purged evidence too.",
      "",
      "Without ID: the log's signed checkpoint. One that is kept elsewhere proves later, with"
          + " --checkpoint, that no entry was changed or cut off since.",
    },
    footer = {
      "%nExit status 4 when the log has no entry of the evidence, or there is no doubt to accept, 3"
          + " when the log does not continue a checkpoint.",
      "%nExamples:",
      "  whorl custody ID --limit 1000",
      "  whorl custody --save kept.txt",
      "  whorl custody --checkpoint kept.txt",
      "  whorl custody --acknowledge \"restored from the backup of Monday, compared\"",
    })
public final class CustodyCommand extends ListingCommand<CustodyRow> {
  @Parameters(
      paramLabel = "ID",
      arity = "0..1",
      description = "The evidence.",
      converter = GivenIdConverter.class)
  private @Nullable GivenId evidence;

  @Mixin private PeriodOptions period = new PeriodOptions();

  @Mixin private CheckpointOption checkpoints = new CheckpointOption();

  @Option(
      names = "--save",
      paramLabel = "FILE",
      description = "Write the log's checkpoint to a new file.")
  private @Nullable Path save;

  @Option(
      names = "--acknowledge",
      paramLabel = "REASON",
      description = {
        "Accept the log as it is, with the doubts that the",
        "collector has about it; needs a token of role admin.",
        "REASON says what was checked."
      })
  private @Nullable String acknowledged;

  public CustodyCommand(CommandContext commandContext) {
    super(commandContext, "entries");
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    List<Path> kept = checkpoints.files();
    boolean isOfLog = !kept.isEmpty() || save != null || acknowledged != null;
    if (evidence != null && !isOfLog) {
      return super.run(collector, commandContext);
    }
    if (evidence != null) {
      throw CliException.usage(
          "--checkpoint, --save and --acknowledge are about the whole log",
          "leave the evidence's id out");
    }
    if (acknowledged != null) {
      return acknowledge(collector, commandContext.terminal(), acknowledged);
    }
    return new LogProver(collector, commandContext.terminal()).run(kept, save, json());
  }

  private static int acknowledge(CollectorClient collector, Terminal terminal, String reason) {
    JsonNode doubts = collector.json("custody", Map.of()).path("doubts");
    if (doubts.isEmpty()) {
      terminal.note("whorl: the collector has no doubts about the log");
      return ExitStatus.NOTHING_MATCHED;
    }
    doubts.forEach(doubt -> terminal.note("whorl: accepted: " + doubt.asText()));
    JsonNode unused = collector.post("custody/acknowledge", Map.of("reason", reason));
    return ExitStatus.DONE;
  }

  @Override
  protected Map<String, @Nullable Object> filters() {
    Map<String, @Nullable Object> filters = new LinkedHashMap<>();
    filters.put("evidence", IdKind.EVIDENCE.of(evidence));
    filters.put("from", period.from());
    filters.put("to", period.to());
    return filters;
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
            Table.message("DETAILS"));
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
