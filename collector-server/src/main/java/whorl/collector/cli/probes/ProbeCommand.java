package whorl.collector.cli.probes;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.command.TargetOptions;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.JsonFields;
import whorl.collector.cli.terminal.Terminal;
import whorl.collector.times.Spans;

@Command(
    name = "probe",
    header = "Record calls of a method of an application, for a while.",
    description = {
      "",
      "At most four JVMs weave the method, record its calls and restore the class at the end. Their"
          + " setting probes must be on-request. This needs the role admin.",
    },
    footer = {
      "%nWithout --wait it prints the probe's id; `whorl probes ID` has the calls.",
      "%nExit status 4 when no call was recorded.",
      "%nExample:",
      "  whorl probe com.example.shop.Catalog#product --service shop --reason \"who asks\" --wait",
    })
@SuppressWarnings("NullAway.Init") // picocli sets the required ones
public final class ProbeCommand extends RemoteCommand {
  private static final Pattern METHOD =
      Pattern.compile("(?<class>[^#]+)#(?<method>[^#(]+)(?<descriptor>\\(.*)?");
  private static final Duration TIME_MAX = Duration.ofMinutes(10);
  private static final long GRACE_SECONDS = 90;

  @Parameters(
      paramLabel = "CLASS#METHOD",
      description =
          "The exact class and the method, such as com.example.Orders#find; with a descriptor only"
              + " that overload, such as com.example.Orders#find(I)V.")
  private String name;

  @ArgGroup(validate = false, exclusive = false, heading = "%nTarget:%n", order = 1)
  private TargetOptions target = new TargetOptions();

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      required = true,
      description = "Why; kept in custody.")
  private String reason;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      defaultValue = "60s",
      description = "How long, at most 10m (default: ${DEFAULT-VALUE}).")
  private String time;

  @Option(
      names = "--calls",
      paramLabel = "N",
      defaultValue = "100",
      description = "Record at most N calls in each JVM (default: ${DEFAULT-VALUE}).")
  private int calls;

  @Option(
      names = "--arguments",
      description = "Record values of arguments, cut and redacted; else types and sizes.")
  private boolean arguments;

  @Option(names = "--stacks", description = "Record the stack of each call.")
  private boolean stacks;

  @Option(names = "--await", description = "Wait for the class if it is not loaded yet.")
  private boolean await;

  @Option(names = "--wait", description = "Print calls as they come, until the probe has ended.")
  private boolean wait;

  @Option(names = "--json", description = "Print JSON: the probe; with --wait, its calls too.")
  private boolean json;

  public ProbeCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    ProbeClient probes = new ProbeClient(collector);
    int seconds = seconds();
    JsonNode started = probes.start(body(collector, seconds));
    String id = JsonFields.orDash(started, "id");
    Terminal terminal = commandContext.terminal();
    if (!wait) {
      if (json) {
        terminal.json(started);
      } else {
        terminal.line(id);
        terminal.note("whorl: the probe has begun; see `whorl probes " + id + "`");
      }
      return ExitStatus.DONE;
    }
    terminal.note("whorl: probe " + id + "; `whorl probes stop " + id + "` ends it");
    List<JsonNode> recorded = new ArrayList<>();
    JsonNode ended = untilEnded(probes, id, seconds, commandContext, recorded);
    if (json) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("probe", ended);
      all.put("calls", recorded);
      terminal.json(all);
    } else {
      ProbeView.summary(terminal, ended);
    }
    return recorded.isEmpty() ? ExitStatus.NOTHING_MATCHED : ExitStatus.DONE;
  }

  private Map<String, Object> body(CollectorClient collector, int seconds) {
    Matcher matcher = METHOD.matcher(name.strip());
    if (!matcher.matches()) {
      throw CliException.usage(
          "not CLASS#METHOD: " + name, "give for example com.example.Orders#find");
    }
    Map<String, Object> parts = target.asJson(collector);
    if (parts.isEmpty()) {
      throw CliException.usage("no target is given", "give --agent or --service, for example");
    }
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("target", parts);
    body.put("class", matcher.group("class"));
    body.put("method", matcher.group("method"));
    if (matcher.group("descriptor") != null) {
      body.put("descriptor", matcher.group("descriptor"));
    }
    body.put("seconds", seconds);
    body.put("calls", calls);
    body.put("arguments", arguments);
    body.put("stacks", stacks);
    body.put("await", await);
    body.put("reason", reason);
    return body;
  }

  private int seconds() {
    Duration span = Spans.of(time.strip());
    if (span == null || span.isZero() || span.compareTo(TIME_MAX) > 0) {
      throw CliException.usage("--for: not a time such as 60s or 5m, at most 10m: " + time, null);
    }
    return (int) span.toSeconds();
  }

  private JsonNode untilEnded(
      ProbeClient probes,
      String id,
      int seconds,
      CommandContext commandContext,
      List<JsonNode> recorded) {
    Terminal terminal = commandContext.terminal();
    long startNanos = commandContext.nanos().getAsLong();
    String cursor = "";
    while (true) {
      // The state first: calls that come after it are read by the next pass.
      JsonNode probe = probes.probe(id);
      cursor =
          probes.calls(
              id,
              cursor,
              call -> {
                recorded.add(call);
                if (!json) {
                  ProbeView.call(terminal, call);
                }
              });
      if (JsonFields.orDash(probe, "state").equals("ended")) {
        return probe;
      }
      if (commandContext.nanos().getAsLong() - startNanos
          > Duration.ofSeconds(seconds + GRACE_SECONDS).toNanos()) {
        throw CliException.failed(
            "the probe has not ended in time", "see `whorl probes " + id + "` later");
      }
      CommandContext.pause(commandContext.pace().poll());
    }
  }
}
