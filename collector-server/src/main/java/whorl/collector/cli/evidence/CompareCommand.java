package whorl.collector.cli.evidence;

import static whorl.collector.cli.terminal.JsonFields.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.command.Words;
import whorl.collector.cli.ids.GivenId;
import whorl.collector.cli.ids.GivenIdConverter;
import whorl.collector.cli.ids.IdKind;
import whorl.collector.cli.ids.Ids;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;
import whorl.evidence.Id;

/** Shows what differs between two pieces of evidence. */
@Command(
    name = "compare",
    header = "Show what differs between two pieces of evidence.",
    description = {
      "",
      "Compares classes, registrations, libraries, sockets, open files, files, threads and the"
          + " process: of one JVM before and after, or of two replicas. The evidence that was"
          + " sealed earlier is BEFORE, in whichever order they are given. Differences that any two"
          + " runs have, such as addresses of hidden classes, are left out.",
    },
    footer = {
      "%nExit status 4 when nothing differs.",
      "%nExample:",
      "  whorl compare ID OTHER-ID --kind classes,registrations",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
public final class CompareCommand extends RemoteCommand {
  @Parameters(
      index = "0",
      paramLabel = "ID",
      description = "The evidence, as `whorl evidence list` names it.",
      converter = GivenIdConverter.class)
  private GivenId one;

  @Parameters(
      index = "1",
      paramLabel = "OTHER-ID",
      description = "The evidence to compare it with.",
      converter = GivenIdConverter.class)
  private GivenId other;

  @Option(
      names = "--kind",
      completionCandidates = Kinds.class,
      converter = Kinds.class,
      paramLabel = "KIND",
      split = ",",
      description =
          "Only classes, registrations, libraries, sockets, open-files, files, threads or process;"
              + " several with commas.")
  private List<String> kinds = List.of();

  @Option(names = "--json", description = "Print JSON, as the collector's API has it.")
  private boolean json;

  /** The values of --kind. */
  static final class Kinds extends Words {
    Kinds() {
      super(
          "classes",
          "registrations",
          "libraries",
          "sockets",
          "open-files",
          "files",
          "threads",
          "process");
    }
  }

  public CompareCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    Map<String, String> query = new LinkedHashMap<>();
    Id first = Ids.of(collector, IdKind.EVIDENCE, one);
    query.put("with", Ids.of(collector, IdKind.EVIDENCE, other).value());
    if (!kinds.isEmpty()) {
      query.put("kind", String.join(",", kinds));
    }
    JsonNode view = collector.json("evidence/" + first + "/compare", query);
    Terminal terminal = commandContext.terminal();
    if (json) {
      terminal.json(view);
    } else {
      print(view, terminal);
    }
    return view.path("differences").isEmpty() ? ExitStatus.NOTHING_MATCHED : ExitStatus.DONE;
  }

  private static void print(JsonNode view, Terminal terminal) {
    Table table =
        new Table(
            Table.exact("KIND"),
            Table.exact("CHANGE"),
            Table.message("NAME"),
            Table.flexible("BEFORE"),
            Table.flexible("AFTER"));
    for (JsonNode each : view.path("differences")) {
      String change = each.path("change").asText();
      table.row(
          each.path("kind").asText(),
          Table.Cell.of(
              change, change.equals("added") ? Terminal.Style.WARNING : Terminal.Style.PLAIN),
          each.path("name").asText(),
          text(each, "before"),
          text(each, "after"));
    }
    if (view.path("differences").isEmpty()) {
      terminal.note("whorl: nothing differs");
    } else {
      table.print(terminal);
    }
    for (JsonNode kind : view.path("kinds")) {
      if (kind.path("cut").asBoolean()) {
        terminal.note(
            "whorl: more "
                + kind.path("kind").asText()
                + " differ than are listed: "
                + kind.path("added").asLong()
                + " added, "
                + kind.path("removed").asLong()
                + " removed, "
                + kind.path("changed").asLong()
                + " changed");
      }
    }
    for (JsonNode each : view.path("notCompared")) {
      terminal.note(
          "whorl: not compared: " + each.path("kind").asText() + ", " + each.path("why").asText());
    }
  }
}
