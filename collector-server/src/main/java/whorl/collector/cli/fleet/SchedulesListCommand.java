package whorl.collector.cli.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.StringJoiner;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;
import whorl.collector.times.Spans;

/** Lists schedules. */
@Command(
    name = "list",
    header = "List schedules.",
    footer = {
      "%nExample:",
      "  whorl schedules list",
    })
final class SchedulesListCommand extends RemoteCommand {
  @Option(names = "--json", description = "Print JSON, as the collector's API has it.")
  private boolean json;

  SchedulesListCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    JsonNode answer = collector.json("schedules", Map.of());
    Terminal terminal = commandContext.terminal();
    if (json) {
      terminal.json(answer);
      return ExitStatus.DONE;
    }
    if (answer.path("schedules").isEmpty()) {
      terminal.note("whorl: no schedules");
      return ExitStatus.DONE;
    }
    Table table =
        new Table(
            Table.exact("NAME"),
            Table.message("OF"),
            Table.exact("EVERY"),
            Table.exact("JVMS"),
            Table.exact("NEXT"),
            Table.optional(Table.flexible("MADE BY")));
    for (JsonNode each : answer.path("schedules")) {
      table.row(
          each.path("name").asText(),
          target(each.path("target")),
          Spans.text(Duration.ofSeconds(each.path("everySeconds").asLong())),
          each.path("replicas").asInt(),
          Table.time(Instant.parse(each.path("next").asText())),
          each.path("maker").asText());
    }
    table.print(terminal);
    return ExitStatus.DONE;
  }

  private static String target(JsonNode target) {
    StringJoiner words = new StringJoiner(", ");
    for (String name : new String[] {"service", "namespace"}) {
      if (target.hasNonNull(name)) {
        words.add(name + " " + target.path(name).asText());
      }
    }
    target
        .path("labels")
        .properties()
        .forEach(label -> words.add(label.getKey() + "=" + label.getValue().asText()));
    return words.toString();
  }
}
