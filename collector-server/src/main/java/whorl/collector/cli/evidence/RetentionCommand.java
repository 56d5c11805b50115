package whorl.collector.cli.evidence;

import static whorl.collector.cli.terminal.JsonFields.text;
import static whorl.collector.cli.terminal.JsonFields.time;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;
import whorl.evidence.Text;

/** Shows what is kept and for how long, and what the next pass would purge. */
@Command(
    name = "retention",
    header = "Show what is kept, the limits, and what would be purged next.",
    footer = {
      "%nCLASS is failed if the evidence is not sealed, else heap, alert or request. Held",
      "evidence is never purged (whorl evidence hold).",
      "%nExample:",
      "  whorl retention",
    })
public final class RetentionCommand extends RemoteCommand {
  @Option(names = "--json", description = "Print JSON, as the collector's API has it.")
  private boolean json;

  public RetentionCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    JsonNode view = collector.json("retention", Map.of());
    Terminal terminal = commandContext.terminal();
    if (json) {
      terminal.json(view);
      return ExitStatus.DONE;
    }
    Table kept =
        new Table(
            Table.exact("CLASS"),
            Table.exact("EVIDENCE"),
            Table.exact("SIZE"),
            Table.optional(Table.exact("HELD")),
            Table.exact("OLDEST"),
            Table.exact("KEPT FOR"),
            Table.optional(Table.exact("AT MOST")),
            Table.exact("DUE"));
    view.path("classes").forEach(each -> add(kept, each));
    add(kept, view.path("all"));
    kept.print(terminal);
    JsonNode waits = view.path("waits");
    if (waits.isObject()) {
      terminal.note("whorl: nothing is purged now: " + waits.path("why").asText());
    } else if (view.hasNonNull("nextPass")) {
      terminal.note("whorl: the next pass is at " + time(view, "nextPass"));
    }
    if (!view.path("next").isEmpty()) {
      Table next =
          new Table(
              Table.id("PURGED NEXT"),
              Table.exact("CLASS"),
              Table.exact("SEALED"),
              Table.exact("SIZE"),
              Table.message("WHY"));
      for (JsonNode each : view.path("next")) {
        next.row(
            text(each, "evidence"),
            text(each, "class"),
            time(each, "sealedAt"),
            Table.size(each.path("bytes").asLong()),
            text(each, "why"));
      }
      next.print(terminal);
    }
    return ExitStatus.DONE;
  }

  private static void add(Table table, JsonNode kept) {
    table.row(
        text(kept, "class"),
        kept.path("evidence").asLong(),
        Table.size(kept.path("bytes").asLong()),
        kept.path("held").asLong(),
        time(kept, "oldest"),
        age(kept),
        kept.hasNonNull("maxBytes") ? Table.size(kept.path("maxBytes").asLong()) : null,
        kept.path("due").asLong());
  }

  private static @Nullable String age(JsonNode kept) {
    if (!kept.hasNonNull("maxAgeSeconds")) {
      return null;
    }
    Duration age = Duration.ofSeconds(kept.path("maxAgeSeconds").asLong());
    return age.toDays() > 0
        ? Text.counted(age.toDays(), "day")
        : Text.counted(age.toHours(), "hour");
  }
}
