package whorl.collector.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import picocli.CommandLine;
import whorl.collector.cli.evidence.Verifier;
import whorl.collector.cli.offline.OpenCommand;
import whorl.collector.cli.offline.Opener;
import whorl.collector.cli.offline.ReportCommand;
import whorl.collector.cli.server.MigrateCommand;
import whorl.collector.cli.server.ServeCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.Terminal;
import whorl.collector.custody.verify.VerificationReport;

/** Runs commands in this process and captures their output. */
public final class CliRun {
  public static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Map<String, String> environment = new HashMap<>();
  public final List<Path> verified = new ArrayList<>();
  private Verifier verifier =
      (path, anchors) -> {
        verified.add(path);
        return report(1, 2, 2048, List.of(), List.of());
      };
  private MigrateCommand.Mover mover =
      (config, watcher) -> {
        throw new IOException("not in this test");
      };
  private Opener opener =
      evidence -> {
        throw new IOException("not in this test");
      };
  private int columns = Integer.MAX_VALUE;
  private boolean interactive;
  private LongSupplier nanos = System::nanoTime;
  private boolean colour;
  private Duration stall = Duration.ofSeconds(20);
  private Duration outage = Duration.ofMillis(300);

  public static VerificationReport report(
      long evidence, long artifacts, long bytes, List<String> problems, List<String> notes) {
    return new VerificationReport(
        "subject", NOW, problems.isEmpty(), evidence, artifacts, bytes, problems, notes);
  }

  public CliRun with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  public CliRun verifier(Verifier other) {
    verifier = other;
    return this;
  }

  public CliRun mover(MigrateCommand.Mover other) {
    mover = other;
    return this;
  }

  public CliRun opener(Opener other) {
    opener = other;
    return this;
  }

  public CliRun terminal(int columns, boolean colour) {
    this.columns = columns;
    this.interactive = true;
    this.colour = colour;
    return this;
  }

  /** A clock that advances by this much at each reading. */
  public CliRun clockAdvances(Duration time) {
    AtomicLong now = new AtomicLong();
    nanos = () -> now.addAndGet(time.toNanos());
    return this;
  }

  public CliRun stall(Duration stall) {
    this.stall = stall;
    return this;
  }

  public CommandLine commandLine() {
    Terminal terminal =
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            columns,
            interactive,
            colour);
    CommandContext commandContext =
        new CommandContext(
            terminal,
            environment,
            InstantSource.fixed(NOW),
            nanos,
            new CommandContext.Pace(Duration.ofMillis(5), Duration.ofMillis(1), stall, outage));
    ServeCommand serve =
        new ServeCommand(
            (config, operatorMessages) -> {
              throw new IOException("not in this test");
            });
    return RootCommand.commandLine(
        commandContext,
        verifier,
        serve,
        new MigrateCommand(commandContext, mover),
        new OpenCommand(commandContext, verifier, opener),
        new ReportCommand(commandContext, verifier, opener));
  }

  public int run(String... arguments) {
    return commandLine().execute(arguments);
  }

  public int run(FakeCollector collector, String... arguments) {
    environment.put("WHORL_COLLECTOR_URL", collector.url());
    environment.putIfAbsent("WHORL_TOKEN", "responder-token-0123456789");
    return run(arguments);
  }

  public String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  public String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
