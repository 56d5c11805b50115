package whorl.collector.cli.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.AtInterrupt;
import whorl.collector.cli.command.EvidenceOption;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.ids.GivenId;
import whorl.collector.cli.ids.GivenIdConverter;
import whorl.collector.cli.ids.IdKind;
import whorl.collector.cli.ids.Ids;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Progress;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;
import whorl.evidence.Id;

/** Shows what a heap snapshot holds, or how classes grew since earlier evidence. */
@Command(
    name = "heap",
    header = "Show what a heap snapshot holds, or how classes grew.",
    description = {
      "",
      "Prints classes by bytes, the objects that retain most with the path from a root to each,"
          + " class loaders that look like leaks, and strings that are there many times. The"
          + " collector examines a snapshot when it is first asked to, which takes minutes for a"
          + " large one.",
      "",
      "With --since or --growth it prints which classes have more instances than in evidence from"
          + " before, by the histograms that each capture has.",
    },
    footer = {
      "%nCtrl-C ends the command and not the examination; --stop ends that, with a token of role"
          + " responder.",
      "%nExit status 1 when the snapshot cannot be read, 4 when there is none.",
      "%nExample:",
      "  whorl heap ID --top 10",
      "  whorl heap latest --growth",
    })
public final class HeapCommand extends RemoteCommand {
  private static final int TOP = 20;
  private static final int LOADERS_SHOWN = 10;
  private static final int DUPLICATES_SHOWN = 10;

  @Mixin private EvidenceOption named = new EvidenceOption();

  @Option(
      names = "--since",
      paramLabel = "ID",
      description = "Show how classes grew since this evidence.",
      converter = GivenIdConverter.class)
  private @Nullable GivenId since;

  @Option(
      names = "--growth",
      description = "Show how classes grew since the last evidence of the same JVM before.")
  private boolean growth;

  @Option(
      names = "--top",
      paramLabel = "N",
      description = "How many classes and objects; default ${DEFAULT-VALUE}.",
      defaultValue = "" + TOP)
  private int top = TOP;

  @Option(names = "--stop", description = "Stop examining it, for all who wait for it.")
  private boolean stop;

  @Option(names = "--json", description = "Print JSON, as the collector's API has it.")
  private boolean json;

  public HeapCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    if (top < 1) {
      throw CliException.usage("--top " + top + " is below 1", "give a number from 1 on");
    }
    Terminal terminal = commandContext.terminal();
    Id evidence = named.of(collector);
    if (stop) {
      collector.delete("evidence/" + evidence + "/heap");
      terminal.note("whorl: the collector has stopped examining the heap of evidence " + evidence);
      return ExitStatus.DONE;
    }
    if (growth || since != null) {
      return growth(collector, evidence, terminal);
    }
    JsonNode view = examined(collector, evidence, commandContext);
    JsonNode analysis = view.path("analysis");
    boolean read = !analysis.path("summary").isMissingNode();
    if (json) {
      terminal.json(view);
    } else if (read) {
      print(analysis, terminal);
    }
    if (!json) {
      analysis.path("problems").forEach(each -> terminal.note("whorl: " + each.asText()));
    }
    if (read) {
      return ExitStatus.DONE;
    }
    return analysis.path("artifact").asText("").isEmpty()
        ? ExitStatus.NOTHING_MATCHED
        : ExitStatus.FAILED;
  }

  /** Asks until the snapshot is examined. */
  private static JsonNode examined(
      CollectorClient collector, Id evidence, CommandContext commandContext) {
    String goesOn =
        "the collector examines the heap on; `whorl heap "
            + evidence
            + "` shows it, and with --stop it ends";
    try (AtInterrupt notice = new AtInterrupt(commandContext.terminal(), goesOn);
        Progress progress = Progress.of(commandContext, "heap")) {
      while (true) {
        JsonNode view = collector.json("evidence/" + evidence + "/heap", Map.of());
        if (view.path("state").asText().equals("done")) {
          return view;
        }
        String step = view.path("step").asText("");
        progress.doing(
            step.isEmpty()
                ? "waiting for the collector to examine it"
                : "examining: " + step + ", " + view.path("percent").asInt() + " %");
        CommandContext.pause(commandContext.pace().poll());
      }
    }
  }

  private void print(JsonNode analysis, Terminal terminal) {
    JsonNode summary = analysis.path("summary");
    terminal.line(
        summary.path("objects").asLong()
            + " objects, "
            + size(summary, "bytes")
            + "; reachable "
            + summary.path("reachableObjects").asLong()
            + ", "
            + size(summary, "reachableBytes")
            + "; "
            + summary.path("classes").asLong()
            + " classes, "
            + summary.path("loaders").asLong()
            + " class loaders; content: "
            + analysis.path("content").asText());
    classes(analysis.path("classes"), terminal);
    biggest(analysis.path("biggest"), terminal);
    loaders(analysis.path("loaders"), terminal);
    duplicates(analysis.path("duplicates"), terminal);
  }

  private void classes(JsonNode classes, Terminal terminal) {
    Table table = new Table(Table.exact("COUNT"), Table.exact("SIZE"), Table.flexible("CLASS"));
    for (int i = 0; i < Math.min(top, classes.size()); i++) {
      JsonNode each = classes.get(i);
      table.row(each.path("count").asLong(), size(each, "bytes"), each.path("name").asText());
    }
    heading("Classes by bytes", terminal);
    table.print(terminal);
  }

  private void biggest(JsonNode biggest, Terminal terminal) {
    Table table =
        new Table(
            Table.exact("RETAINED"),
            Table.exact("ITSELF"),
            Table.exact("ID"),
            Table.flexible("OBJECT, AND THE PATH TO IT"));
    for (int i = 0; i < Math.min(top, biggest.size()); i++) {
      JsonNode each = biggest.get(i);
      table
          .row(
              size(each, "retained"),
              size(each, "shallow"),
              each.path("id").asText(),
              each.path("type").asText())
          .below(path(each.path("path")));
    }
    heading("Objects that retain most", terminal);
    table.print(terminal);
  }

  private static void loaders(JsonNode loaders, Terminal terminal) {
    Table table =
        new Table(
            Table.exact("RETAINED"),
            Table.exact("CLASSES"),
            Table.flexible("CLASS LOADER"),
            Table.flexible("WHY"),
            Table.flexible("HELD BY"));
    int shown = 0;
    for (JsonNode each : loaders) {
      if (each.has("suspicion") && shown < LOADERS_SHOWN) {
        shown++;
        table
            .row(
                size(each, "retained"),
                each.path("classes").asLong(),
                each.path("type").asText() + "@" + each.path("id").asText(),
                each.path("suspicion").asText(),
                each.path("heldBy").asText())
            .below(path(each.path("path")));
      }
    }
    if (shown > 0) {
      heading("Class loaders that may be leaks", terminal);
      table.print(terminal);
    }
  }

  private static void duplicates(JsonNode duplicates, Terminal terminal) {
    if (!duplicates.path("problem").asText("").isEmpty()) {
      terminal.note("whorl: duplicate strings: " + duplicates.path("problem").asText());
    }
    if (duplicates.path("biggest").isEmpty()) {
      return;
    }
    Table table =
        new Table(
            Table.exact("WASTED"),
            Table.exact("COUNT"),
            Table.exact("HASH"),
            Table.flexible("TEXT"));
    for (int i = 0; i < Math.min(DUPLICATES_SHOWN, duplicates.path("biggest").size()); i++) {
      JsonNode each = duplicates.path("biggest").get(i);
      table.row(
          size(each, "wastedBytes"),
          each.path("count").asLong(),
          each.path("hash").asText(),
          each.path("text").asText(""));
    }
    heading("Duplicate strings, " + size(duplicates, "wastedBytes") + " wasted", terminal);
    table.print(terminal);
  }

  private int growth(CollectorClient collector, Id evidence, Terminal terminal) {
    Id before = Ids.orNull(collector, IdKind.EVIDENCE, since);
    JsonNode view =
        collector.json(
            "evidence/" + evidence + "/heap/growth",
            before == null ? Map.of() : Map.of("since", before.value()));
    if (json) {
      terminal.json(view);
    } else if (view.has("problem")) {
      terminal.note("whorl: " + view.path("problem").asText());
    } else {
      printGrowth(view, terminal);
    }
    return view.path("classes").isEmpty() ? ExitStatus.NOTHING_MATCHED : ExitStatus.DONE;
  }

  private void printGrowth(JsonNode view, Terminal terminal) {
    terminal.line(
        size(view.path("before"), "bytes")
            + " in "
            + view.path("before").path("evidence").asText()
            + ", "
            + size(view.path("after"), "bytes")
            + " in "
            + view.path("after").path("evidence").asText());
    Table table =
        new Table(
            Table.exact("GROWTH"),
            Table.exact("SIZE"),
            Table.exact("MORE"),
            Table.exact("COUNT"),
            Table.flexible("CLASS"));
    for (int i = 0; i < Math.min(top, view.path("classes").size()); i++) {
      JsonNode each = view.path("classes").get(i);
      table.row(
          signedSize(each.path("bytesDifference").asLong()),
          size(each, "bytes"),
          String.format(Locale.ROOT, "%+d", each.path("countDifference").asLong()),
          each.path("count").asLong(),
          each.path("name").asText());
    }
    table.print(terminal);
    if (!view.path("sameAgent").asBoolean()) {
      terminal.note("whorl: the two are of different JVMs");
    }
    if (!view.path("complete").asBoolean()) {
      terminal.note("whorl: one side lists only its biggest classes; small ones may be missing");
    }
  }

  private static List<String> path(JsonNode path) {
    List<String> lines = new ArrayList<>();
    lines.add("from " + path.path("root").asText());
    for (JsonNode step : path.path("steps")) {
      String reference = step.path("reference").asText("");
      lines.add("  " + (reference.isEmpty() ? "" : reference + " → ") + step.path("type").asText());
    }
    return lines;
  }

  private static void heading(String text, Terminal terminal) {
    terminal.line("");
    terminal.line(text);
  }

  private static String size(JsonNode of, String name) {
    return Table.size(of.path(name).asLong());
  }

  private static String signedSize(long bytes) {
    return (bytes < 0 ? "-" : "+") + Table.size(Math.abs(bytes));
  }
}
