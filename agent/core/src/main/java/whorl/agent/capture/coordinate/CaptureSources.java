package whorl.agent.capture.coordinate;

import java.lang.instrument.Instrumentation;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.jvm.ClassesSource;
import whorl.agent.capture.jvm.DiagnosticCommands;
import whorl.agent.capture.jvm.GeneratedClassFiles;
import whorl.agent.capture.jvm.HistogramSource;
import whorl.agent.capture.jvm.JvmView;
import whorl.agent.capture.jvm.PackageOpener;
import whorl.agent.capture.jvm.ProcessSource;
import whorl.agent.capture.jvm.ThreadsSource;
import whorl.agent.capture.kernel.FdsSource;
import whorl.agent.capture.kernel.MapsSource;
import whorl.agent.capture.kernel.NetworkSource;
import whorl.agent.capture.kernel.ProcFs;
import whorl.agent.capture.stream.ConsoleSource;
import whorl.agent.capture.stream.RecordingSource;
import whorl.agent.console.ConsoleRing;
import whorl.agent.recording.RecordingWindow;
import whorl.agent.redact.Redactor;
import whorl.event.AgentEvent;
import whorl.evidence.AgentIdentity;

/**
 * Creates the sources of this package.
 *
 * @param ring a snapshot of the events after a sequence number, oldest first
 * @param console what was written to standard output and error; null if that is not observed
 * @param checks each named check of the environment and its outcome
 * @param heapPauseLimit how long a requested histogram may pause the application
 */
public record CaptureSources(
    RecordingWindow recording,
    LongFunction<List<AgentEvent>> ring,
    Instrumentation instrumentation,
    GeneratedClassFiles keptClasses,
    PackageOpener opener,
    Redactor redactor,
    @Nullable ConsoleRing console,
    AgentIdentity agent,
    Supplier<Map<String, Object>> checks,
    Duration heapPauseLimit) {

  /**
   * Returns the sources in the order in which they run: what is soonest gone comes first, and among
   * equals the cheap ones, since the end of the JVM may leave no time for the rest.
   */
  public List<ArtifactSource> all(InstantSource clock) {
    ProcFs proc = new ProcFs(Path.of("/"));
    JvmView jvm = new JvmView(proc, redactor, opener, System::getProperties, System::getenv);
    DiagnosticCommands commands = new DiagnosticCommands(opener);
    return List.of(
        new ThreadsSource(opener, clock),
        HistogramSource.ofOutOfMemory(commands, CaptureSources::heapUsedBytes, heapPauseLimit),
        new NetworkSource(proc, ByteOrder.nativeOrder()),
        new FdsSource(proc),
        new MapsSource(proc),
        new ProcessSource(proc, jvm, agent, checks, clock),
        new EventsSource(ring),
        new ConsoleSource(console, redactor),
        new RecordingSource(recording),
        new ClassesSource(instrumentation::getAllLoadedClasses, keptClasses, opener),
        histogram());
  }

  /** Returns the source of the class histogram. */
  public ArtifactSource histogram() {
    return new HistogramSource(
        new DiagnosticCommands(opener), CaptureSources::heapUsedBytes, heapPauseLimit);
  }

  private static long heapUsedBytes() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
