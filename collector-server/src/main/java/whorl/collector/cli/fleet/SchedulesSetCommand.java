package whorl.collector.cli.fleet;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.ArtifactKinds;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.command.TargetOptions;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.times.Spans;

/** Makes or replaces a schedule. */
@Command(
    name = "set",
    header = "Make or replace a schedule; needs a role that is for everything.",
    description = {
      "",
      "The first capture comes after one interval. Of the JVMs that match, --replicas are chosen"
          + " by chance each time.",
    },
    footer = {
      "%nExample:",
      "  whorl schedules set nightly --service shop --every 24h",
    })
final class SchedulesSetCommand extends RemoteCommand {
  @Parameters(paramLabel = "NAME", description = "Of a-z, 0-9, '.', '_' and '-'.")
  private String name = "";

  @Option(
      names = "--every",
      paramLabel = "TIME",
      required = true,
      description = "From 5m to 31d, such as 90m, 24h or 7d.")
  private String every = "";

  @Option(names = "--service", paramLabel = "S", description = "JVMs of this service.")
  private @Nullable String service;

  @Option(names = "--namespace", paramLabel = "N", description = "JVMs of this namespace.")
  private @Nullable String namespace;

  @Option(
      names = "--label",
      paramLabel = "K=V",
      description = "JVMs with this label; can be given several times.")
  private Map<String, String> labels = Map.of();

  @Option(
      names = "--replicas",
      paramLabel = "N",
      description = "How many JVMs each time, 1 to 10 (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private int replicas;

  @Option(
      names = "--artifacts",
      paramLabel = "A",
      split = ",",
      converter = ArtifactKinds.class,
      completionCandidates = ArtifactKinds.class,
      description = "As for `whorl capture`; all but heap without it.")
  private List<String> artifacts = List.of();

  SchedulesSetCommand(CommandContext commandContext) {
    super(commandContext);
  }

  private Duration interval() {
    Duration interval = Spans.of(every);
    if (interval == null) {
      throw CliException.usage("--every " + every + " is not of the form " + Spans.ALLOWED, null);
    }
    return interval;
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("target", TargetOptions.of(service, namespace, labels));
    body.put("everySeconds", interval().toSeconds());
    body.put("replicas", replicas);
    if (!artifacts.isEmpty()) {
      body.put("artifacts", artifacts);
    }
    collector.send("PUT", "schedules/" + CollectorClient.encoded(name), body);
    commandContext.terminal().note("whorl: schedule " + name + " is set");
    return ExitStatus.DONE;
  }
}
