package whorl.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import whorl.agent.capture.Reason;
import whorl.agent.capture.jvm.JvmOptions;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.MemoryBudget;
import whorl.agent.environment.Environment;
import whorl.agent.environment.Modules;
import whorl.agent.event.EventSink;
import whorl.agent.exit.ShutdownSequence;
import whorl.agent.recording.JdkEvents;
import whorl.agent.recording.RecordingWindow;
import whorl.agent.recording.RollingRecording;
import whorl.agent.redact.Redactor;
import whorl.agent.redact.jfr.MaskedRecording;
import whorl.agent.start.StartupGate;
import whorl.agent.thread.AgentThreads;

/**
 * Starts the recording. That takes some hundred milliseconds and causes code of the application to
 * be compiled again, so it runs on a thread of its own in a quiet moment. There is no recording
 * without jdk.jfr or without a folder for it.
 */
final class RecordingStart implements RecordingWindow {
  static final String ENDED_BEFORE = "the JVM ended before the recording had started";

  private volatile @Nullable RollingRecording recording;
  private volatile @Nullable JdkEvents jdkEvents;
  private volatile String whyNot =
      "the recording has not begun: it waits until the application leaves half of its processors"
          + " free, 20 seconds at most";

  private RecordingStart() {}

  /** Returns one that never starts. */
  static RecordingStart none(String whyNot) {
    RecordingStart stage = new RecordingStart();
    stage.whyNot = whyNot;
    return stage;
  }

  static RecordingStart start(
      AgentConfig config,
      Instrumentation instrumentation,
      Environment environment,
      EventSink sink,
      StartupGate startupGate) {
    RecordingStart stage = new RecordingStart();
    String without = MemoryBudget.OF_THIS_JVM.without();
    if (without != null) {
      stage.whyNot = without;
    } else if (Modules.has("jdk.jfr")) {
      Runnable start =
          () -> {
            try {
              startupGate.awaitQuiet();
            } catch (InterruptedException unexpected) {
              Thread.currentThread().interrupt();
            }
            // If JFR starts while the JVM ends, it fails and prints that.
            if (startupGate.jvmEnds() || ShutdownSequence.hasBegun()) {
              stage.whyNot = ENDED_BEFORE;
              return;
            }
            stage.whyNot = "the recording is just starting";
            try {
              stage.recording =
                  RollingRecording.start(
                      instrumentation,
                      environment,
                      config.recording(),
                      sink,
                      new Redactor(config.redactKeys()),
                      new AgentThreads("guard"),
                      JvmOptions.agentJars(new ModuleOpener(instrumentation)));
              JdkEvents reader = new JdkEvents(sink, OwnJar.path());
              stage.jdkEvents = reader;
              new AgentThreads("jdk-events").newThread(reader).start();
            } catch (IOException | RuntimeException | Error e) {
              stage.whyNot = Reason.of(e);
              LoggerFactory.getLogger(RecordingStart.class).warn("no recording: {}", stage.whyNot);
            }
          };
      new AgentThreads("jfr").newThread(start).start();
    } else {
      stage.whyNot = "this Java image has no jdk.jfr module: events are kept in memory only";
    }
    return stage;
  }

  @Override
  public boolean running() {
    RollingRecording started = recording;
    return started != null && started.running();
  }

  @Override
  public String whyNot() {
    RollingRecording started = recording;
    return started == null ? whyNot : started.whyNot();
  }

  @Override
  public MaskedRecording.Copied copyTo(OutputStream out) throws IOException {
    RollingRecording started = recording;
    if (started == null) {
      throw new IOException(whyNot);
    }
    return started.copyTo(out);
  }

  /** See {@link RollingRecording#current}. */
  @Nullable Object current() {
    RollingRecording started = recording;
    return started == null ? null : started.current();
  }

  /** See {@link RollingRecording#repair}. */
  @Nullable String repair(BooleanSupplier ending) throws IOException {
    RollingRecording started = recording;
    return started == null ? null : started.repair(ending);
  }

  /** Returns the folder of JFR's chunks; null while there is none. */
  @Nullable Path repository() {
    RollingRecording started = recording;
    return started == null ? null : started.repository();
  }

  /** For the capabilities: where the recording lies and how much it holds, or why there is none. */
  Object describe() {
    RollingRecording started = recording;
    return started == null ? whyNot : started.describe();
  }

  /**
   * Releases, when the JVM ends, what it holds on disk besides the recording; JFR cleans up the
   * recording.
   */
  void close() {
    RollingRecording started = recording;
    if (started != null) {
      started.close();
    }
  }

  Map<String, Long> losses() {
    Map<String, Long> losses = new HashMap<>();
    RollingRecording started = recording;
    if (started != null) {
      losses.putAll(started.losses());
    }
    JdkEvents reader = jdkEvents;
    if (reader != null) {
      losses.putAll(reader.losses());
    }
    return losses;
  }
}
