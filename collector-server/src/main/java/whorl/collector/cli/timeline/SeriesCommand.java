package whorl.collector.cli.timeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.Indexing;
import whorl.collector.cli.command.EvidenceOption;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Table;
import whorl.evidence.Id;

@Command(
    name = "series",
    header = "Show what the recording of evidence measures: CPU, heap, requests and more.",
    description = "The values of each bucket of time are in the JSON.",
    footer = {
      "%nExit status 4 when there is no recording that can be read.",
      "%nExample:",
      "  whorl series latest --json",
    })
public final class SeriesCommand extends RemoteCommand {
  @Mixin private EvidenceOption evidence = new EvidenceOption();

  @Option(names = "--json", description = "Print JSON, as the collector's API has it.")
  private boolean json;

  public SeriesCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    Id id = evidence.of(collector);
    JsonNode answer =
        Indexing.await(
            commandContext, () -> collector.json("evidence/" + id + "/series", Map.of()));
    if (json) {
      commandContext.terminal().json(answer);
    } else {
      print(answer, commandContext);
    }
    return answer.path("series").isEmpty() ? ExitStatus.NOTHING_MATCHED : ExitStatus.DONE;
  }

  private static void print(JsonNode answer, CommandContext commandContext) {
    for (JsonNode problem : answer.path("problems")) {
      commandContext.terminal().note("whorl: " + problem.asText());
    }
    Table table =
        new Table(
            Table.exact("SERIES"),
            Table.exact("LEAST"),
            Table.exact("MEAN"),
            Table.exact("GREATEST"),
            Table.exact("TOTAL"));
    for (JsonNode each : answer.path("series")) {
      String unit = each.path("unit").asText();
      table.row(
          each.path("name").asText(),
          measured(each.path("min").asDouble(), unit),
          measured(each.path("mean").asDouble(), unit),
          measured(each.path("max").asDouble(), unit),
          each.has("total") ? measured(each.path("total").asDouble(), unitOfTotal(unit)) : null);
    }
    if (!answer.path("series").isEmpty()) {
      table.print(commandContext.terminal());
    }
  }

  /** What the amount of all seconds is in. */
  private static String unitOfTotal(String unit) {
    return switch (unit) {
      case "bytes/s" -> "bytes";
      case "ratio" -> "s";
      default -> "count";
    };
  }

  private static String measured(double value, String unit) {
    return switch (unit) {
      case "ratio" -> String.format(Locale.ROOT, "%.1f %%", 100 * value);
      case "bytes" -> Table.size((long) value);
      case "bytes/s" -> Table.size((long) value) + "/s";
      case "1/s" -> String.format(Locale.ROOT, "%.1f/s", value);
      case "s" -> String.format(Locale.ROOT, "%.3f s", value);
      default -> String.format(Locale.ROOT, "%.0f", value);
    };
  }
}
