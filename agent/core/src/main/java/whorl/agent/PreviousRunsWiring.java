package whorl.agent;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import whorl.agent.capture.jvm.JvmOptions;
import whorl.agent.capture.jvm.PackageOpener;
import whorl.agent.config.AgentConfig;
import whorl.agent.environment.Environment;
import whorl.agent.environment.WritableFolder;
import whorl.agent.life.PreviousRuns;
import whorl.agent.redact.Redactor;
import whorl.agent.thread.AgentThreads;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;

/** Connects the report of previous runs and the marker of this one. */
final class PreviousRunsWiring {
  private static final long STEP_MILLIS = 200;
  private static final int STEPS = 300;

  private PreviousRunsWiring() {}

  static PreviousRuns of(
      AgentConfig config,
      Environment environment,
      AgentIdentity identity,
      PackageOpener opener,
      InstantSource clock) {
    List<Path> folders = environment.writableFolders().stream().map(WritableFolder::path).toList();
    return new PreviousRuns(
        folders,
        identity.id().value(),
        Workload.of(identity),
        JvmOptions.errorFile(opener),
        new Redactor(config.redactKeys()),
        clock);
  }

  /**
   * Reports previous runs on a thread of its own, then waits for the recording's folder and stores
   * it in the marker.
   */
  static void start(PreviousRuns previousRuns, RecordingStart recording, Consumer<Alert> alerts) {
    Runnable work =
        () -> {
          previousRuns.begin(alerts);
          try {
            for (int i = 0; i < STEPS; i++) {
              Path folder = recording.repository();
              if (folder != null) {
                previousRuns.recording(folder);
                return;
              }
              Thread.sleep(STEP_MILLIS);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    new AgentThreads("life").newThread(work).start();
  }
}
