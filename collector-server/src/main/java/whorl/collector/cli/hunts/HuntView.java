package whorl.collector.cli.hunts;

import static whorl.collector.cli.terminal.JsonFields.orDash;
import static whorl.collector.cli.terminal.JsonFields.time;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;
import whorl.evidence.Text;

/** Prints hunts for people. */
final class HuntView {
  private static final int FIELD_CHARS = 120;
  private static final int REASONS_SHOWN = 10;
  private static final Set<String> NOT_SHOWN = Set.of("stack", "event");

  private HuntView() {}

  /** One line for a row, and one for its details. */
  static void row(Terminal terminal, JsonNode row) {
    String jvm = first(row, "pod", "host", "agent");
    terminal.line(
        seen(row) + "  " + orDash(row, "service") + "  " + jvm + "  " + orDash(row, "what"));
    List<String> details = new ArrayList<>();
    row.path("fields")
        .fields()
        .forEachRemaining(
            field -> {
              if (!NOT_SHOWN.contains(field.getKey())) {
                details.add(field.getKey() + "=" + shortened(value(field.getValue())));
              }
            });
    if (!orDash(row, "thread").equals("-")) {
      details.add("thread=" + shortened(orDash(row, "thread")));
    }
    if (!details.isEmpty()) {
      terminal.line("    " + String.join(" ", details));
    }
  }

  /** How far the hunt has come, in a line. */
  static String progress(JsonNode hunt) {
    JsonNode agents = hunt.path("agents");
    long all = agents.path("all").asLong();
    long open = agents.path("waiting").asLong() + agents.path("asked").asLong();
    return (all - open)
        + " of "
        + Text.counted(all, "JVM")
        + " done, "
        + agents.path("withRows").asLong()
        + " with rows, "
        + Text.counted(hunt.path("rows").asLong(), "row");
  }

  /** Says at the end what the rows do not. */
  static void summary(Terminal terminal, JsonNode hunt, Iterable<JsonNode> unanswered) {
    terminal.note(
        "whorl: hunt " + orDash(hunt, "id") + " " + orDash(hunt, "state") + ": " + progress(hunt));
    if (hunt.path("droppedRows").asLong() > 0) {
      terminal.note(
          "whorl: not kept: "
              + Text.counted(hunt.path("droppedRows").asLong(), "row")
              + " beyond the limits of a hunt; narrow the question");
    }
    Map<String, Integer> reasons = new LinkedHashMap<>();
    Map<String, String> example = new LinkedHashMap<>();
    for (JsonNode agent : unanswered) {
      String reason = orDash(agent, "state") + ": " + orDash(agent, "reason");
      reasons.merge(reason, 1, Integer::sum);
      example.putIfAbsent(
          reason, orDash(agent, "service") + " " + first(agent, "pod", "host", "agent"));
    }
    int shown = 0;
    for (Map.Entry<String, Integer> each : reasons.entrySet()) {
      if (shown++ >= REASONS_SHOWN) {
        terminal.note("whorl: and other reasons; see `whorl hunts ID --json`");
        return;
      }
      terminal.note(
          "whorl: no answer from "
              + Text.counted(each.getValue(), "JVM")
              + " ("
              + example.get(each.getKey())
              + (each.getValue() == 1 ? "" : ", …")
              + "): "
              + each.getKey());
    }
  }

  /** Says which answers are not complete. */
  static void cut(Terminal terminal, Iterable<JsonNode> answered) {
    Map<String, Integer> reasons = new LinkedHashMap<>();
    for (JsonNode agent : answered) {
      if (agent.hasNonNull("cut")) {
        reasons.merge(orDash(agent, "cut"), 1, Integer::sum);
      }
    }
    reasons.forEach(
        (reason, count) ->
            terminal.note(
                "whorl: the answers of "
                    + Text.counted(count, "JVM")
                    + " are not complete: "
                    + reason));
  }

  static Table table(Iterable<JsonNode> hunts) {
    Table table =
        new Table(
            Table.message("QUESTION"),
            Table.exact("STATE"),
            Table.exact("ROWS"),
            Table.exact("STARTED"),
            Table.optional(Table.flexible("BY")),
            Table.id("HUNT"));
    for (JsonNode hunt : hunts) {
      table.row(
          orDash(hunt, "title"),
          orDash(hunt, "state"),
          hunt.path("rows").asLong(),
          time(hunt, "requestedAt"),
          orDash(hunt, "by"),
          orDash(hunt, "id"));
    }
    return table;
  }

  private static String first(JsonNode node, String... names) {
    for (String name : names) {
      if (node.hasNonNull(name)) {
        return orDash(node, name);
      }
    }
    return "-";
  }

  private static String seen(JsonNode row) {
    return time(row, row.hasNonNull("last") ? "last" : "first");
  }

  private static String value(JsonNode value) {
    if (!value.isArray()) {
      return value.asText();
    }
    List<String> elements = new ArrayList<>();
    value.forEach(element -> elements.add(element.asText()));
    return String.join(",", elements);
  }

  private static String shortened(String text) {
    return Text.atMost(text, FIELD_CHARS);
  }
}
