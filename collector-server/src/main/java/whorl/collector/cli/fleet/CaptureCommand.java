package whorl.collector.cli.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.CaptureRow;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.HeapText;
import whorl.collector.cli.command.ArtifactKinds;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.command.TargetOptions;
import whorl.collector.cli.evidence.EvidenceBagCommand;
import whorl.collector.cli.evidence.Verifier;
import whorl.collector.cli.evidence.VerifyCommand;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Progress;
import whorl.collector.cli.terminal.Rate;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;
import whorl.collector.custody.verify.VerificationReport;
import whorl.evidence.Id;
import whorl.evidence.channel.ArtifactKind;
import whorl.evidence.channel.CaptureState;

@Command(
    name = "capture",
    header = "Ask agents to capture now.",
    description = {
      "",
      "Every JVM that matches all of the target is asked. The recording and the events reach back"
          + " to before the request.",
    },
    footer = {
      "%nArtifacts: recording, threads, classes, process, network, files, console, heap, histogram."
          + " Without --artifacts: all but heap.",
      "%nExit status 1 when a capture is not sealed, 3 when a bag does not verify, 4 when no JVM"
          + " matches.",
      "%nExample:",
      "  whorl capture --service shop --reason \"odd logins\" --out case-17/",
    })
public final class CaptureCommand extends RemoteCommand {
  @ArgGroup(validate = false, exclusive = false, heading = "%nTarget:%n", order = 1)
  private TargetOptions target = new TargetOptions();

  @Option(
      names = "--artifacts",
      paramLabel = "A",
      split = ",",
      converter = ArtifactKinds.class,
      completionCandidates = ArtifactKinds.class,
      description = "What to capture, comma-separated.")
  private List<String> artifacts = List.of();

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept with the evidence.")
  private @Nullable String reason;

  @Option(
      names = "--force",
      description = {
        "Dump the heap even where the estimated pause is over the JVM's heap.pause-limit. The"
            + " limit itself stays: a dump that passes it is ended."
      })
  private boolean force;

  @Option(names = "--wait", description = "Wait until the evidence is sealed.")
  private boolean wait;

  @Option(
      names = "--timeout",
      paramLabel = "MIN",
      defaultValue = "15",
      description = "Wait at most MIN minutes (default: ${DEFAULT-VALUE}).")
  private int timeoutMinutes;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Wait, then download each bag to DIR and check it.")
  private @Nullable Path out;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  private final Verifier verifier;

  public CaptureCommand(CommandContext commandContext, Verifier verifier) {
    super(commandContext);
    this.verifier = verifier;
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    Map<String, Object> parts = target.asJson(collector);
    if (parts.isEmpty()) {
      throw CliException.usage(
          "no target is given; all JVMs at once cannot be captured",
          "give --service, --namespace, --pod, --container, --agent or --label");
    }
    CollectorClient.Listing<CaptureRow> started =
        collector.capture(new CollectorClient.CaptureRequest(parts, artifacts, reason, force));
    if (!wait && out == null) {
      show(commandContext.terminal(), started.rows(), started.json(), List.of());
      return ExitStatus.DONE;
    }
    // with --json the output must be nothing but JSON
    CommandContext outputContext = json ? commandContext.notInteractive() : commandContext;
    List<CollectorClient.One<CaptureRow>> ended =
        waitUntilEnded(collector, outputContext, started.rows());
    List<CaptureRow> rows = ended.stream().map(CollectorClient.One::row).toList();
    List<Bag> bags = out == null ? List.of() : bags(collector, outputContext, rows, out);
    show(
        commandContext.terminal(),
        rows,
        ended.stream().map(CollectorClient.One::json).toList(),
        bags);
    if (artifacts.contains(ArtifactKind.HEAP)) {
      rows.forEach(row -> printHeap(collector, commandContext.terminal(), row, rows.size() == 1));
    }
    if (bags.stream().anyMatch(bag -> !bag.report().verified())) {
      return ExitStatus.VERIFICATION_FAILED;
    }
    return rows.stream().allMatch(row -> row.state() == CaptureState.SEALED)
        ? ExitStatus.DONE
        : ExitStatus.FAILED;
  }

  private List<CollectorClient.One<CaptureRow>> waitUntilEnded(
      CollectorClient collector, CommandContext commandContext, List<CaptureRow> started) {
    long startNanos = commandContext.nanos().getAsLong();
    List<CollectorClient.One<CaptureRow>> ended;
    try (EndNotice notice = new EndNotice(commandContext.terminal(), started);
        Progress progress = Progress.of(commandContext, "Capturing")) {
      ended =
          new CaptureWatch(collector, commandContext, progress)
              .untilEnded(started, Duration.ofMinutes(timeoutMinutes));
    }
    long nanos = commandContext.nanos().getAsLong() - startNanos;
    long bytes = ended.stream().mapToLong(one -> one.row().bytes()).sum();
    commandContext
        .terminal()
        .note(
            "whorl: "
                + Table.size(bytes)
                + " in "
                + HeapText.time(nanos / 1_000_000)
                + ", "
                + Rate.words(Rate.of(bytes, nanos))
                + " on average");
    return ended;
  }

  /** A failure to fetch this does not change the capture's outcome. */
  private void printHeap(
      CollectorClient collector, Terminal terminal, CaptureRow capture, boolean only) {
    Id evidence = capture.evidence();
    if (evidence == null || capture.isAwaited() || capture.state() == CaptureState.FAILED) {
      return;
    }
    String line;
    try {
      line = HeapText.line(collector.evidence(evidence).row());
    } catch (CliException unknown) {
      line = "heap: " + unknown.getMessage();
    }
    String prefix = only ? "" : "evidence " + evidence + ": ";
    if (json) {
      terminal.note("whorl: " + prefix + line);
    } else {
      terminal.line(prefix + line);
    }
  }

  /** One downloaded bag. */
  private record Bag(Path file, VerificationReport report) {}

  private List<Bag> bags(
      CollectorClient collector,
      CommandContext commandContext,
      List<CaptureRow> captures,
      Path folder) {
    List<Bag> bags = new ArrayList<>();
    for (CaptureRow capture : captures) {
      Id evidence = capture.evidence();
      if (capture.isAwaited()) {
        commandContext
            .terminal()
            .note(
                "whorl: capture "
                    + capture.id()
                    + ": its agent may still complete it; what arrived can be read ten minutes"
                    + " after the agent left");
      } else if (evidence != null && capture.state() != CaptureState.FAILED) {
        Path file = folder.resolve(evidence + ".zip");
        EvidenceBagCommand.fetch(collector, commandContext, evidence, file);
        bags.add(new Bag(file, VerifyCommand.check(verifier, file)));
      }
    }
    return bags;
  }

  private void show(
      Terminal terminal, List<CaptureRow> captures, List<JsonNode> asJson, List<Bag> bags) {
    if (json) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("captures", asJson);
      if (out != null) {
        result.put("bags", bags.stream().map(Bag::report).toList());
      }
      terminal.json(result);
      return;
    }
    Table table =
        new Table(
            Table.id("CAPTURE"), Table.exact("STATE"), Table.id("EVIDENCE"), Table.id("AGENT"));
    for (CaptureRow capture : captures) {
      table.row(capture.id(), state(capture.state()), capture.evidence(), capture.agent());
    }
    table.print(terminal);
    captures.stream()
        .filter(capture -> capture.failure() != null)
        .forEach(c -> terminal.note("whorl: capture " + c.id() + ": " + c.failure()));
    bags.forEach(bag -> VerifyCommand.print(terminal::line, bag.file(), bag.report()));
  }

  private static Table.Cell state(CaptureState state) {
    return Table.Cell.of(
        state.word(),
        switch (state) {
          case SEALED -> Terminal.Style.GOOD;
          case PARTIAL -> Terminal.Style.WARNING;
          case FAILED -> Terminal.Style.BAD;
          case REQUESTED, RUNNING, SHIPPING -> Terminal.Style.PLAIN;
        });
  }
}
