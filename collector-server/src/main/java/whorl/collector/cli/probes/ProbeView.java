package whorl.collector.cli.probes;

import static whorl.collector.cli.terminal.JsonFields.exactTime;
import static whorl.collector.cli.terminal.JsonFields.orDash;
import static whorl.collector.cli.terminal.JsonFields.time;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;
import whorl.evidence.Text;

/** Prints probes for people. */
final class ProbeView {
  private static final double NANOS_PER_MILLI = 1e6;

  private ProbeView() {}

  /** One line for a call, and one for each frame of its stack. */
  static void call(Terminal terminal, JsonNode call) {
    List<String> arguments = new ArrayList<>();
    call.path("arguments").forEach(each -> arguments.add(each.asText()));
    String thrown = call.path("thrown").asText("");
    terminal.line(
        exactTime(call, "at")
            + "  "
            + orDash(call, "service")
            + "  "
            + orDash(call, "method")
            + "  "
            + (arguments.isEmpty() ? "-" : String.join(", ", arguments))
            + "  "
            + (thrown.isEmpty() ? "returned" : "threw " + thrown)
            + " after "
            + String.format(Locale.ROOT, "%.3f ms", call.path("nanos").asLong() / NANOS_PER_MILLI));
    for (JsonNode frame : call.path("stack")) {
      terminal.line("    at " + frame.asText());
    }
  }

  static Table table(List<JsonNode> probes) {
    Table table =
        new Table(
            Table.message("METHOD"),
            Table.exact("STATE"),
            Table.exact("CALLS"),
            Table.exact("REQUESTED"),
            Table.optional(Table.flexible("BY")),
            Table.optional(Table.flexible("REASON")),
            Table.id("ID"));
    for (JsonNode each : probes) {
      table.row(
          orDash(each, "title"),
          orDash(each, "state"),
          each.path("calls").asLong(),
          time(each, "requestedAt"),
          orDash(each, "by"),
          orDash(each, "reason"),
          orDash(each, "id"));
    }
    return table;
  }

  /** Says what became of the probe in each JVM. */
  static void summary(Terminal terminal, JsonNode probe) {
    for (JsonNode agent : probe.path("agents")) {
      StringBuilder line = new StringBuilder("whorl: ");
      line.append(orDash(agent, "service")).append(' ').append(orDash(agent, "agent"));
      line.append(": ").append(orDash(agent, "state"));
      if (agent.has("reason")) {
        line.append(": ").append(orDash(agent, "reason"));
      }
      if (agent.has("recorded")) {
        line.append("; ").append(Text.counted(agent.path("recorded").asLong(), "call"));
        line.append(" recorded, ");
        line.append(agent.path("skipped").asLong()).append(" only counted");
      }
      if (agent.has("restored")) {
        line.append(
            agent.path("restored").asBoolean()
                ? "; classes restored"
                : "; classes NOT restored, restart this JVM");
      }
      terminal.note(line.toString());
      for (JsonNode note : agent.path("notes")) {
        terminal.note("whorl:   " + note.asText());
      }
    }
    String why = probe.path("why").asText("");
    terminal.note("whorl: " + orDash(probe, "state") + (why.isEmpty() ? "" : ": " + why));
  }
}
