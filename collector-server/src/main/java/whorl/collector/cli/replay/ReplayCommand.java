package whorl.collector.cli.replay;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import jdk.jfr.consumer.RecordedEvent;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.ConnectionOptions;
import whorl.collector.cli.client.EvidenceRow;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.command.ClockOffset;
import whorl.collector.cli.command.TemporaryFolder;
import whorl.collector.cli.evidence.EvidenceGetCommand;
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
import whorl.evidence.ArtifactName;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Text;

@Command(
    name = "replay",
    customSynopsis = "whorl replay [OPTIONS] (FILE.jfr | ID)",
    header = "Show a recording's events as they happened.",
    description = {
      "",
      "In the order of time, an event that lasts by its end; at the pace at which it happened on a"
          + " terminal, as fast as possible elsewhere. Times of evidence are by the collector's"
          + " clock, as in `whorl timeline`; those of a file are by the clock of its JVM.",
    },
    footer = {
      "%nThe file is read to its end before anything is shown. Exit status 4 when no event"
          + " matched.",
      "%nExamples:",
      "  whorl replay latest --since 17:06",
      "  whorl replay shop.jfr --events 'whorl.*,jdk.ProcessStart' --pace 10x",
      "  whorl replay shop.jfr --where path='/etc/*' --stacks",
      "  whorl replay shop.jfr --request 069e5dbdd128-4 --ndjson",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
public final class ReplayCommand implements Callable<Integer> {
  private final CommandContext commandContext;

  @Parameters(
      paramLabel = "FILE.jfr|ID",
      arity = "0..1",
      description = "A recording, or the evidence whose recording it is.")
  private @Nullable String argument;

  @Option(
      names = "--evidence",
      paramLabel = "ID",
      description = "The recording of this evidence, from the collector.",
      converter = GivenIdConverter.class)
  private @Nullable GivenId evidence;

  @ArgGroup(validate = false, exclusive = false)
  private ReplayFilter filter = new ReplayFilter();

  @Option(
      names = "--pace",
      paramLabel = "PACE",
      description = {
        "1x as it happened, 10x ten times as fast, max as",
        "fast as possible (default: 1x on a terminal, else",
        "max).",
      })
  private @Nullable String pace;

  @Option(names = "--raw-times", description = "Times by the JVM's clock, of evidence too.")
  private boolean rawTimes;

  @Option(names = "--stacks", description = "With stack traces.")
  private boolean stacks;

  @Option(
      names = {"--json", "--ndjson"},
      description = "Print a JSON object a line, as events.ndjson has them.")
  private boolean ndjson;

  @ArgGroup(
      validate = false,
      exclusive = false,
      heading = ConnectionOptions.HEADING,
      order = Integer.MAX_VALUE)
  private ConnectionOptions connection = new ConnectionOptions();

  private long shown;

  public ReplayCommand(CommandContext commandContext) {
    this.commandContext = commandContext;
  }

  @Override
  public Integer call() {
    String text = argument;
    GivenId given = text == null ? evidence : id(text);
    if ((text == null) == (evidence == null)) {
      throw CliException.usage("give either a file or evidence", "see `whorl replay --help`");
    }
    filter.startAt(commandContext.clock());
    Pacer pacer = pacer();
    return given != null
        ? replayEvidence(given, pacer)
        : replay(Path.of(String.valueOf(text)), pacer, Duration.ZERO);
  }

  /** The id that an argument is; null if it is a file. */
  private static @Nullable GivenId id(String argument) {
    if (Files.exists(Path.of(argument)) || argument.contains("/") || argument.endsWith(".jfr")) {
      return null;
    }
    try {
      return GivenId.of(argument);
    } catch (IllegalArgumentException noId) {
      return null;
    }
  }

  private Pacer pacer() {
    boolean live = commandContext.terminal().interactive() && !ndjson;
    try {
      return new Pacer(
          Pacer.speed(pace != null ? pace : live ? "1x" : "max"),
          commandContext.nanos(),
          CommandContext::pause);
    } catch (IllegalArgumentException e) {
      throw CliException.usage(String.valueOf(e.getMessage()), null);
    }
  }

  private int replayEvidence(GivenId given, Pacer pacer) {
    CollectorClient collector = connection.connect(commandContext);
    Id id = Ids.of(collector, IdKind.EVIDENCE, given);
    EvidenceRow.ArtifactRow recording =
        EvidenceGetCommand.artifact(collector.evidence(id).row(), ArtifactName.RECORDING.value());
    Duration offset = rawTimes ? Duration.ZERO : offset(collector, id);
    try (TemporaryFolder folder = TemporaryFolder.open()) {
      Path target = folder.path().resolve(recording.name().value());
      try (Progress progress = Progress.of(commandContext, "Downloading")) {
        progress.doing(recording.name() + ", " + Table.size(recording.size()));
        collector.artifact(id, recording, target, bytes -> progress.bytes(bytes, recording.size()));
      }
      return replay(target, pacer, offset);
    } catch (IOException e) {
      throw CliException.failed(
          "cannot use the folder for temporary files: " + Problems.text(e),
          "name another with java -Djava.io.tmpdir");
    }
  }

  /** What the timeline of this evidence adds to the agent's times. */
  private Duration offset(CollectorClient collector, Id id) {
    Terminal terminal = commandContext.terminal();
    JsonNode index = collector.json("evidence/" + id + "/index", Map.of());
    if (!index.path("state").asText().equals("ready")) {
      terminal.note("whorl: there is no timeline yet, so times are by the agent's clock");
      return Duration.ZERO;
    }
    Long millis = ClockOffset.of(index);
    if (millis == null) {
      return Duration.ZERO; // the agent did not compare its clock
    }
    ClockOffset.note(terminal, List.of(millis));
    return Duration.ofMillis(millis);
  }

  /**
   * @param offset is added to the times
   */
  private int replay(Path recording, Pacer pacer, Duration offset) {
    if (!Files.isRegularFile(recording)) {
      throw CliException.failed(recording + ": no such file", null);
    }
    Terminal terminal = commandContext.terminal();
    RecordedLines lines = new RecordedLines(stacks, offset);
    ReplayOutput output = new ReplayOutput(terminal);
    Replay replay = new Replay(recording);
    try {
      replay.forEach(filter::matchesType, event -> show(event, lines, output, pacer, offset));
    } catch (ReaderGoneException e) {
      return ExitStatus.DONE;
    }
    if (replay.outOfOrder() > 0) {
      terminal.note(
          "whorl: "
              + Text.counted(replay.outOfOrder(), "event")
              + " came after later ones: the file's chunks overlap or are out of order");
    }
    if (shown == 0) {
      terminal.note("whorl: no events match");
    }
    return shown == 0 ? ExitStatus.NOTHING_MATCHED : ExitStatus.DONE;
  }

  private void show(
      RecordedEvent event, RecordedLines lines, ReplayOutput output, Pacer pacer, Duration offset) {
    EventLine line = lines.line(shown, event);
    if (!filter.matches(line, event.getEndTime().plus(offset))) {
      return;
    }
    pacer.await(event.getEndTime());
    if (ndjson) {
      commandContext.terminal().jsonLine(line);
    } else {
      output.print(line);
    }
    shown++;
    if (commandContext.terminal().out().checkError()) {
      throw new ReaderGoneException();
    }
  }

  /** The reader of the output is gone, as with {@code | head}. */
  private static final class ReaderGoneException extends CliException {
    ReaderGoneException() {
      super(ExitStatus.DONE, "the reader of the output is gone", null);
    }
  }
}
