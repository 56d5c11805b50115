package whorl.collector.cli.hunts;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.command.TargetOptions;
import whorl.collector.cli.ids.GivenId;
import whorl.collector.cli.ids.GivenIdConverter;
import whorl.collector.cli.ids.IdKind;
import whorl.collector.cli.ids.Ids;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.JsonFields;
import whorl.collector.cli.terminal.Terminal;
import whorl.evidence.Id;
import whorl.evidence.Text;

@Command(
    name = "hunt",
    header = "Ask all JVMs one question, answered from what each holds now.",
    description = {
      "",
      "Each agent looks into its events in memory, classes, connections or registrations, within"
          + " strict limits. Without a target all JVMs are asked that you may ask.",
    },
    footer = {
      "%nWithout --wait it prints the hunt's id; `whorl hunts ID` has the rows.",
      "%nExit status 4 when nothing matched.",
      "%nExample:",
      "  whorl hunt --class 'com.evil.*' --wait --capture --reason \"seen in shop\"",
    })
public final class HuntCommand extends RemoteCommand {
  @ArgGroup(validate = false, exclusive = false, heading = "%nQuestion:%n", order = 1)
  private QuestionOptions question = new QuestionOptions();

  @ArgGroup(validate = false, exclusive = false, heading = "%nTarget:%n", order = 2)
  private TargetOptions target = new TargetOptions();

  @Option(
      names = "--window",
      paramLabel = "TIME",
      description = "How far back events are looked at, such as 10m (default: all that is held).")
  private @Nullable String window;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Rows of each JVM, at most 100 (default: 20).")
  private @Nullable Integer limit;

  @Option(
      names = "--expires",
      paramLabel = "TIME",
      description = "Ask also JVMs that connect within this time, at most 1h.")
  private @Nullable String expires;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept in custody.")
  private @Nullable String reason;

  @Option(names = "--wait", description = "Print rows as they come, until the hunt has ended.")
  private boolean wait;

  @Option(names = "--capture", description = "Wait, then capture each JVM that has rows.")
  private boolean capture;

  @Option(
      names = "--case",
      paramLabel = "ID",
      description = "With --capture: put the evidence into this case.",
      converter = GivenIdConverter.class)
  private @Nullable GivenId ofCase;

  @Option(
      names = "--timeout",
      paramLabel = "MIN",
      defaultValue = "65",
      description = "Wait at most MIN minutes (default: ${DEFAULT-VALUE}).")
  private int timeoutMinutes;

  @Option(names = "--json", description = "Print JSON: the hunt; with --wait, rows and JVMs too.")
  private boolean json;

  public HuntCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    if (ofCase != null && !capture) {
      throw CliException.usage("--case is for --capture", null);
    }
    HuntClient hunts = new HuntClient(collector);
    Id intoCase = Ids.orNull(collector, IdKind.CASE, ofCase);
    JsonNode started = hunts.start(body(collector));
    String id = JsonFields.orDash(started, "id");
    Terminal terminal = commandContext.terminal();
    if (!wait && !capture) {
      if (json) {
        terminal.json(started);
      } else {
        terminal.line(id);
        terminal.note("whorl: " + HuntView.progress(started) + "; see `whorl hunts " + id + "`");
      }
      return ExitStatus.DONE;
    }
    terminal.note(
        "whorl: hunt " + id + " asks " + Text.counted(started.at("/agents/all").asLong(), "JVM"));
    List<JsonNode> rows = new ArrayList<>();
    JsonNode ended = untilEnded(hunts, id, commandContext, rows);
    JsonNode captures = capture && !rows.isEmpty() ? capture(hunts, id, intoCase) : null;
    if (json) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("hunt", ended);
      all.put("rows", rows);
      all.put("agents", hunts.agents(id));
      if (captures != null) {
        all.put("captures", captures.path("captures"));
        all.put("skipped", captures.path("skipped"));
      }
      terminal.json(all);
    } else {
      HuntsCommand.summary(hunts, ended, terminal);
      if (captures != null) {
        print(captures, terminal);
      }
    }
    return rows.isEmpty() ? ExitStatus.NOTHING_MATCHED : ExitStatus.DONE;
  }

  private Map<String, Object> body(CollectorClient collector) {
    Map<String, Object> body = new LinkedHashMap<>(question.asJson());
    Map<String, Object> parts = target.asJson(collector);
    put(body, "target", parts.isEmpty() ? null : parts);
    put(body, "window", window);
    put(body, "limit", limit);
    put(body, "expires", expires);
    put(body, "reason", reason);
    return body;
  }

  private JsonNode untilEnded(
      HuntClient hunts, String id, CommandContext commandContext, List<JsonNode> rows) {
    Terminal terminal = commandContext.terminal();
    long startNanos = commandContext.nanos().getAsLong();
    String cursor = "";
    while (true) {
      // The state first: rows that come after it are read by the next pass.
      JsonNode hunt = hunts.hunt(id);
      cursor =
          hunts.rows(
              id,
              cursor,
              row -> {
                rows.add(row);
                if (!json) {
                  HuntView.row(terminal, row);
                }
              });
      if (!JsonFields.orDash(hunt, "state").equals("running")) {
        return hunt;
      }
      if (commandContext.nanos().getAsLong() - startNanos
          > Duration.ofMinutes(timeoutMinutes).toNanos()) {
        throw CliException.failed(
            "the hunt has not ended after " + timeoutMinutes + " min; it goes on",
            "see `whorl hunts " + id + "` later");
      }
      CommandContext.pause(commandContext.pace().poll());
    }
  }

  private JsonNode capture(HuntClient hunts, String id, @Nullable Id intoCase) {
    Map<String, Object> body = new LinkedHashMap<>();
    put(body, "reason", reason);
    put(body, "case", intoCase == null ? null : intoCase.value());
    return hunts.capture(id, body);
  }

  private static void print(JsonNode captures, Terminal terminal) {
    for (JsonNode each : captures.path("captures")) {
      terminal.note(
          "whorl: capture "
              + JsonFields.orDash(each, "id")
              + " of "
              + JsonFields.orDash(each, "agent"));
    }
    for (JsonNode each : captures.path("skipped")) {
      terminal.note(
          "whorl: no capture of "
              + JsonFields.orDash(each, "agent")
              + ": "
              + JsonFields.orDash(each, "why"));
    }
  }

  private static void put(Map<String, Object> body, String name, @Nullable Object value) {
    if (value != null) {
      body.put(name, value);
    }
  }
}
