package whorl.agent.capture.coordinate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.capture.ArtifactOutput;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.ArtifactSource.Moment;
import whorl.agent.capture.CaptureContext;
import whorl.agent.capture.Captures;
import whorl.agent.capture.FolderSink;
import whorl.agent.redact.Redactor;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.AgentMessage.CaptureProgress;
import whorl.evidence.channel.CaptureState;
import whorl.evidence.channel.CollectorMessage.StartCapture;

/** A coordinator whose sources, verdicts and threads a test controls. */
abstract class CoordinatorFixture {
  record Raised(Alert alert, @Nullable Id capture) {}

  @TempDir Path folder;
  final List<CaptureProgress> reports = new CopyOnWriteArrayList<>();
  final List<Raised> raised = new CopyOnWriteArrayList<>();
  final List<Raised> joined = new CopyOnWriteArrayList<>();
  final List<String> executed = new CopyOnWriteArrayList<>();
  final CaptureReports captureReports = new CaptureReports(reports::add);

  // The source waits for a permit, so nothing runs before the test releases it.
  final Semaphore freezing = new Semaphore(0);

  volatile AlertReporter alertReporter =
      (alert, capture) -> CompletableFuture.completedFuture(AlertReporter.Verdict.FULL);

  final List<Thread> captureThreads = new CopyOnWriteArrayList<>();
  boolean endsAtOnce;
  boolean threadsAreUsedUp;
  FolderSink sink;
  CaptureCoordinator coordinator;

  @AfterEach
  void close() throws InterruptedException {
    freezing.release(1_000);
    assertThat(coordinator.close(Duration.ofSeconds(20), Duration.ofSeconds(20))).isTrue();
  }

  Thread newThread(Runnable work) {
    Runnable done = endsAtOnce ? () -> {} : work;
    Thread thread =
        threadsAreUsedUp
            ? new Thread() {
              @Override
              public void start() {
                throw new OutOfMemoryError("unable to create native thread");
              }
            }
            : new Thread(done);
    endsAtOnce = false;
    captureThreads.add(thread);
    return thread;
  }

  void start(String arguments) {
    start(
        arguments,
        new ArtifactSource() {
          @Override
          public String kind() {
            return "threads";
          }

          @Override
          public void collect(CaptureContext context, ArtifactOutput out)
              throws IOException, InterruptedException {
            freezing.acquire();
            executed.add("threads");
            Captures.write(out, "threads.txt", "main");
          }
        });
  }

  void start(String arguments, ArtifactSource first) {
    sink = new FolderSink(folder);
    List<ArtifactSource> sources =
        List.of(
            first,
            Captures.source(
                "recording",
                Moment.AFTER,
                (context, out) -> {
                  executed.add("recording");
                  Captures.write(out, "recording.jfr", "FLR");
                }));
    CaptureSealer captureSealer =
        new CaptureSealer(
            Captures.AGENT,
            SigningKey.generate(),
            null,
            new CaptureSealer.Circumstances(
                List::of, Map::of, () -> null, CaptureSealer.ManifestChain.NONE, List.of()),
            Captures.CLOCK);
    AlertReporter recordingReporter =
        new AlertReporter() {
          @Override
          public CompletionStage<Verdict> raise(Alert alert, @Nullable Id capture) {
            raised.add(new Raised(alert, capture));
            return alertReporter.raise(alert, capture);
          }

          @Override
          public CompletionStage<Verdict> joined(Alert alert, Id capture) {
            joined.add(new Raised(alert, capture));
            return raise(alert, null);
          }
        };
    CaptureProcedure procedure =
        new CaptureProcedure(
            sources,
            sink,
            captureSealer,
            new Redactor(List.of()),
            recordingReporter,
            captureReports,
            Thread::new,
            Captures.CLOCK);
    coordinator =
        new CaptureCoordinator(
            Captures.config(arguments),
            procedure,
            recordingReporter,
            captureReports,
            this::newThread,
            Captures.CLOCK,
            System::nanoTime);
    coordinator.start();
  }

  static StartCapture request(String... artifacts) {
    return new StartCapture(Id.next(Captures.CLOCK), List.of(artifacts), "curious", null, false);
  }

  List<CaptureState> states() {
    return reports.stream().map(CaptureProgress::state).toList();
  }
}
