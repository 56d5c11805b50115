package whorl.collector.cli.fleet;

import static whorl.collector.cli.terminal.JsonFields.exactTime;
import static whorl.collector.cli.terminal.JsonFields.orDash;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.PeriodOptions;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Terminal;
import whorl.evidence.Text;

/** Searches the rows of timelines, and prints them as they come. */
final class RowSearchRun {
  private static final int PAGE = 200;
  private static final int UNREAD_SHOWN = 10;

  /** A search ends by itself after a minute; an overloaded collector may take longer. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final CollectorClient collector;
  private final CommandContext commandContext;
  private final boolean json;

  RowSearchRun(CollectorClient collector, CommandContext commandContext, boolean json) {
    this.collector = collector;
    this.commandContext = commandContext;
    this.json = json;
  }

  /**
   * The body of the request.
   *
   * @param sealed without a beginning, the collector's default holds
   */
  static Map<String, Object> body(
      String words,
      @Nullable String match,
      PeriodOptions sealed,
      @Nullable String service,
      @Nullable String older,
      InstantSource clock) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("words", words);
    put(body, "match", match);
    put(body, "since", sealed.from(clock));
    put(body, "until", sealed.to(clock));
    put(body, "service", service);
    put(body, "cursor", older);
    return body;
  }

  private static void put(Map<String, Object> body, String name, @Nullable Object value) {
    if (value != null) {
      body.put(name, value.toString());
    }
  }

  int run(Map<String, Object> body) {
    Terminal terminal = commandContext.terminal();
    JsonNode search = collector.post("search/rows", body);
    String path = "search/rows/" + search.path("id").asText();
    long startNanos = commandContext.nanos().getAsLong();
    List<JsonNode> rows = new ArrayList<>();
    String cursor = null;
    while (true) {
      search = collector.json(path, page(cursor));
      cursor = search.path("next").asText();
      for (JsonNode row : search.path("rows")) {
        rows.add(row);
        if (!json) {
          print(row, terminal);
        }
      }
      if (search.path("more").asBoolean()) {
        continue;
      }
      if (!search.path("state").asText().equals("running")) {
        break;
      }
      if (commandContext.nanos().getAsLong() - startNanos > PATIENCE.toNanos()) {
        throw CliException.failed(
            "the search has not ended after " + PATIENCE.toMinutes() + " min", "search again");
      }
      CommandContext.pause(commandContext.pace().poll());
    }
    if (json) {
      Map<String, Object> whole = new LinkedHashMap<>();
      whole.put("search", search);
      whole.put("rows", rows);
      terminal.json(whole);
    } else {
      summary(search, terminal);
    }
    if (search.hasNonNull("problem")) {
      throw CliException.failed(search.path("problem").asText(), null);
    }
    return rows.isEmpty() ? ExitStatus.NOTHING_MATCHED : ExitStatus.DONE;
  }

  private static Map<String, String> page(@Nullable String cursor) {
    Map<String, String> page = new LinkedHashMap<>();
    page.put("limit", Integer.toString(PAGE));
    if (cursor != null) {
      page.put("cursor", cursor);
    }
    return page;
  }

  /** A line with what happened, and one with where. */
  private static void print(JsonNode row, Terminal terminal) {
    terminal.line(
        exactTime(row, "time") + "  " + orDash(row, "type") + "  " + orDash(row, "message"));
    StringBuilder where = new StringBuilder("    ");
    where.append(orDash(row, "service"));
    where.append("  ").append(row.hasNonNull("pod") ? orDash(row, "pod") : orDash(row, "agent"));
    where.append("  row ").append(orDash(row, "id"));
    if (row.hasNonNull("excerpt")) {
      where.append("  ").append(orDash(row, "excerpt"));
    } else if (orDash(row, "in").equals("stack")) {
      where.append("  (in its stack)");
    }
    terminal.line(where.toString());
  }

  private static void summary(JsonNode search, Terminal terminal) {
    terminal.note(
        "whorl: "
            + Text.counted(search.path("found").asInt(), "row")
            + "; "
            + Text.counted(search.path("looked").asInt(), "piece of evidence")
            + " in "
            + search.path("tookMillis").asLong()
            + " ms");
    for (JsonNode each : search.path("withMore")) {
      String id = each.asText();
      terminal.note("whorl: " + id + " has more: `whorl timeline " + id + " --grep WORDS`");
    }
    unread(search.path("unread"), "not searched", terminal);
    unread(search.path("partly"), "searched in part", terminal);
    if (search.hasNonNull("stopped")) {
      terminal.note("whorl: it stopped early: " + search.path("stopped").asText());
    }
    if (search.hasNonNull("older")) {
      terminal.note("whorl: to search older evidence, add --older " + orDash(search, "older"));
    }
  }

  private static void unread(JsonNode pieces, String what, Terminal terminal) {
    int shown = 0;
    for (JsonNode each : pieces) {
      if (shown++ == UNREAD_SHOWN) {
        terminal.note(
            "whorl: and " + (pieces.size() - UNREAD_SHOWN) + " more, " + what + ": see --json");
        return;
      }
      terminal.note("whorl: " + orDash(each, "id") + " was " + what + ": " + orDash(each, "why"));
    }
  }
}
