package whorl.collector.cli.fleet;

import static whorl.collector.cli.terminal.JsonFields.text;
import static whorl.collector.cli.terminal.JsonFields.time;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.PeriodOptions;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.command.Words;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;

/** Looks for one value in all evidence, agents and journals. */
@Command(
    name = "search",
    header = "Look for a value in all evidence, alerts, agents and journals.",
    description = {
      "",
      "An address, host, digest, path, class, command, user agent, service or pod, or a part of"
          + " it: in which JVMs it was seen, first and last. Case does not matter.",
      "",
      "With --rows: words in the rows of the timelines of all evidence, the newest evidence first."
          + " Rows are printed as they come. A search looks at 500 pieces of evidence, 1,000 rows"
          + " or a minute, and says how to go on.",
    },
    footer = {
      "%nIN is the evidence, or else the alert; of a journal's event the agent. Exit status 4 when"
          + " nothing contains it.",
      "%nExamples:",
      "  whorl search 203.0.113.9",
      "  whorl search /tmp/.x --kind file",
      "  whorl search --rows 'ysoserial payload' --since 30d --service shop",
    })
public final class SearchCommand extends RemoteCommand {
  @Parameters(index = "0", paramLabel = "TEXT", description = "At least three characters.")
  private String text = "";

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      completionCandidates = Kinds.class,
      converter = Kinds.class,
      description =
          "Only source-address, host, file, class (a digest), class-name, command, lookup,"
              + " user-agent or agent-key.")
  private @Nullable String kind;

  @Option(names = "--rows", description = "Search the rows of timelines.")
  private boolean rows;

  @Option(
      names = "--match",
      paramLabel = "HOW",
      description =
          "With --rows: words (each somewhere in the row), text (all of it at one place) or exact"
              + " (the same, and case matters). Default: words.")
  private @Nullable String match;

  @Mixin private PeriodOptions sealed = new PeriodOptions();

  @Option(
      names = "--service",
      paramLabel = "SERVICE",
      description = "With --rows: only evidence of this service.")
  private @Nullable String service;

  @Option(
      names = "--older",
      paramLabel = "CURSOR",
      description = "With --rows: go on where an earlier search stopped.")
  private @Nullable String older;

  @Option(names = "--json", description = "Print JSON, as the collector's API has it.")
  private boolean json;

  /** The kinds of values. */
  static final class Kinds extends Words {
    Kinds() {
      super(
          "source-address",
          "host",
          "file",
          "class",
          "class-name",
          "command",
          "lookup",
          "user-agent",
          "agent-key");
    }

    @Override
    public String convert(String text) {
      return super.convert(text.replace(' ', '-')).replace('-', ' ');
    }
  }

  public SearchCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    if (rows) {
      if (kind != null) {
        throw CliException.usage("--kind is not for --rows", null);
      }
      return new RowSearchRun(collector, commandContext, json)
          .run(RowSearchRun.body(text, match, sealed, service, older, commandContext.clock()));
    }
    if (match != null
        || sealed.from() != null
        || sealed.to() != null
        || service != null
        || older != null) {
      throw CliException.usage(
          "--match, --since, --until, --service and --older are for --rows", "add --rows");
    }
    Map<String, String> query = new LinkedHashMap<>();
    query.put("q", text);
    if (kind != null) {
      query.put("kind", kind);
    }
    JsonNode result = collector.json("search", query);
    boolean nothing =
        result.path("values").isEmpty()
            && result.path("agents").isEmpty()
            && result.path("events").isEmpty();
    Terminal terminal = commandContext.terminal();
    if (json) {
      terminal.json(result);
    } else if (nothing) {
      terminal.note("whorl: nothing contains it");
    } else {
      print(result, terminal);
    }
    return nothing ? ExitStatus.NOTHING_MATCHED : ExitStatus.DONE;
  }

  private static void print(JsonNode result, Terminal terminal) {
    Table table =
        new Table(
            Table.message("VALUE"),
            Table.flexible("KIND"),
            Table.flexible("SERVICE"),
            Table.optional(Table.flexible("POD")),
            Table.optional(Table.exact("FIRST")),
            Table.exact("LAST"),
            Table.id("IN"));
    for (JsonNode value : result.path("values")) {
      for (JsonNode place : value.path("places")) {
        String evidence = text(place, "evidence");
        table.row(
            text(value, "value"),
            text(value, "kind"),
            text(place, "service"),
            text(place, "pod"),
            time(place, "first"),
            time(place, "last"),
            evidence == null ? text(place, "alert") : evidence);
      }
    }
    for (JsonNode agent : result.path("agents")) {
      table.row(
          text(agent, "id"),
          "agent",
          text(agent, "service"),
          text(agent, "pod"),
          null,
          time(agent, "lastSeen"),
          null);
    }
    for (JsonNode event : result.path("events")) {
      table.row(
          text(event, "type") + " " + event.path("fields"),
          "journal",
          null,
          null,
          null,
          time(event, "time"),
          text(event, "agent"));
    }
    table.print(terminal);
    if (result.path("cut").asBoolean()) {
      terminal.note("whorl: there is more; give a longer text or --kind");
    }
  }
}
