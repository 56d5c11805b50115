package whorl.agent.capture.coordinate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.capture.ArtifactOutput;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.ArtifactSource.Moment;
import whorl.agent.capture.CaptureContext;
import whorl.agent.capture.Captures;
import whorl.agent.capture.FolderSink;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.AgentMessage.CaptureProgress;
import whorl.evidence.channel.CaptureState;
import whorl.evidence.channel.CollectorMessage.StartCapture;

class CaptureCoordinatorTest {
  private record Raised(Alert alert, @Nullable Id capture) {}

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path folder;
  private final List<CaptureProgress> reports = new CopyOnWriteArrayList<>();
  private final List<Raised> raised = new CopyOnWriteArrayList<>();
  private final List<Raised> joined = new CopyOnWriteArrayList<>();
  private final List<String> executed = new CopyOnWriteArrayList<>();
  private final CaptureReports captureReports = new CaptureReports(reports::add);

  // The source waits for a permit, so nothing runs before the test releases it.
  private final Semaphore freezing = new Semaphore(0);
  private volatile AlertReporter alertReporter =
      (alert, capture) -> CompletableFuture.completedFuture(AlertReporter.Verdict.FULL);
  private final List<Thread> captureThreads = new CopyOnWriteArrayList<>();
  private boolean endsAtOnce;
  private boolean threadsAreUsedUp;
  private FolderSink sink;
  private CaptureCoordinator coordinator;

  @AfterEach
  void close() throws InterruptedException {
    freezing.release(1_000);
    assertThat(coordinator.close(Duration.ofSeconds(20), Duration.ofSeconds(20))).isTrue();
  }

  @Test
  void onAlert_sealsEvidenceWithTheRecordingAfterTheAftermath() throws Exception {
    start("capture.after=300ms");
    long start = System.nanoTime();

    freezing.release();
    Alert alert = Captures.alert("a");
    coordinator.onAlert(alert);
    await().until(() -> !sink.committed.isEmpty());

    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(300_000_000L);
    assertThat(executed).containsExactly("threads", "recording");
    assertThat(raised).extracting(Raised::alert).containsExactly(alert);
    assertThat(states()).containsExactly(CaptureState.RUNNING, CaptureState.SHIPPING);
    CaptureProgress shipping = reports.get(1);
    assertThat(shipping.capture()).isEqualTo(raised.get(0).capture());
    assertThat(shipping.of()).isPositive();
    assertThat(json("alert.json").at("/alert/rule").asText()).isEqualTo("a");
    assertThat(json("manifest.json").at("/reason").asText()).isEqualTo("a fired");
  }

  @Test
  void onAlert_anotherRuleDuringACapture_joinsAndIsReportedWithoutACapture() throws Exception {
    start("capture.after=50ms");
    coordinator.onAlert(Captures.alert("a"));
    await().until(freezing::hasQueuedThreads);

    Alert second = Captures.alert("b");
    coordinator.onAlert(second);
    freezing.release();
    await().until(() -> !sink.committed.isEmpty());

    assertThat(raised.get(1)).isEqualTo(new Raised(second, null));
    assertThat(json("alert.json").at("/joined/0/rule").asText()).isEqualTo("b");
    assertThat(states()).containsExactly(CaptureState.RUNNING, CaptureState.SHIPPING);
  }

  @Test
  void onAlert_thatJoins_reportsTheCaptureItJoined() throws Exception {
    start("capture.after=50ms");
    coordinator.onAlert(Captures.alert("a"));
    await().until(freezing::hasQueuedThreads);

    Alert second = Captures.alert("b");
    coordinator.onAlert(second);
    freezing.release();
    await().until(() -> !sink.committed.isEmpty());

    assertThat(joined).containsExactly(new Raised(second, raised.get(0).capture()));
    assertThat(reports.get(0).capture()).isEqualTo(raised.get(0).capture());
  }

  @Test
  void onAlert_outOfMemoryDuringACapture_startsItsOwnCapture() throws Exception {
    start("capture.after=1ms");
    coordinator.onAlert(Captures.alert("a"));
    await().until(freezing::hasQueuedThreads);

    coordinator.onAlert(Captures.alert(CaptureContext.OUT_OF_MEMORY));
    coordinator.onAlert(Captures.alert(CaptureContext.OUT_OF_MEMORY));
    freezing.release(2);
    await().until(() -> sink.committed.size() == 2);

    assertThat(raised.get(1).capture()).isNotNull();
    assertThat(raised.get(2).capture()).isNull();
  }

  @Test
  void onAlert_joiningAlerts_postponeTheRecordingUpToALimit() throws Exception {
    start("capture.after=500ms");
    long start = System.nanoTime();
    freezing.release();
    coordinator.onAlert(Captures.alert("a"));

    await()
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              if (sink.committed.isEmpty()) {
                coordinator.onAlert(Captures.alert("b"));
              }
              return !sink.committed.isEmpty();
            });

    assertThat(System.nanoTime() - start).isBetween(1_750_000_000L, 8_000_000_000L);
  }

  @Test
  void onAlert_sameRuleWithinCooldown_isReportedOnly() throws Exception {
    start("capture.after=1ms");
    freezing.release(10);
    coordinator.onAlert(Captures.alert("a"));
    await().until(() -> !sink.committed.isEmpty());

    coordinator.onAlert(Captures.alert("a"));

    assertThat(raised.get(1).capture()).isNull();
    assertThat(sink.committed).hasSize(1);
  }

  @Test
  void onAlert_hourlyLimitReached_isReportedOnly() throws Exception {
    start("capture.after=1ms,capture.max-per-hour=1");
    freezing.release(10);
    coordinator.onAlert(Captures.alert("a"));
    await().until(() -> !sink.committed.isEmpty());

    coordinator.onAlert(Captures.alert("b"));

    assertThat(raised.get(1).capture()).isNull();
  }

  @Test
  void onAlert_flood_isCountedAndReportedUpToALimit() throws Exception {
    start("capture.after=1ms");
    for (int i = 0; i < 1_000; i++) {
      coordinator.onAlert(Captures.alert("a"));
    }

    assertThat(raised).hasSize(51);
    assertThat(coordinator.losses()).isEqualTo(Map.of("alerts.repeated", 949L));
  }

  @Test
  void onAlert_refusedByVerdict_leavesNothingAndIsNotCounted() throws Exception {
    alertReporter =
        (alert, capture) ->
            CompletableFuture.completedFuture(
                new AlertReporter.Verdict(alert.rule().equals("c"), "three others had it"));
    start("capture.after=1ms,capture.max-per-hour=1");
    freezing.release(10);
    coordinator.onAlert(Captures.alert("a"));
    await().until(() -> !sink.abandoned.isEmpty());

    await()
        .until(
            () -> {
              coordinator.onAlert(Captures.alert("c"));
              return !sink.committed.isEmpty();
            });

    assertThat(sink.mayShip).doesNotContainAnyElementsOf(sink.abandoned);
    assertThat(sink.abandoned).hasSize(1);
    assertThat(states()).containsExactly(CaptureState.RUNNING, CaptureState.SHIPPING);
  }

  @Test
  void onAlert_refusedButAnotherRuleJoined_queriesTheOtherVerdict() throws Exception {
    alertReporter =
        (alert, capture) ->
            CompletableFuture.completedFuture(
                new AlertReporter.Verdict(alert.rule().equals("b"), "three others had it"));
    start("capture.after=1ms");
    coordinator.onAlert(Captures.alert("a"));
    await().until(freezing::hasQueuedThreads);
    coordinator.onAlert(Captures.alert("b"));
    freezing.release();
    await().until(() -> !sink.committed.isEmpty());

    Id capture = raised.get(0).capture();
    assertThat(raised).extracting(Raised::capture).containsExactly(capture, null, capture);
  }

  @Test
  void onAlert_verdictFails_continues() throws Exception {
    alertReporter = (alert, capture) -> CompletableFuture.failedFuture(new IOException("no way"));
    start("capture.after=1ms");
    freezing.release(10);
    coordinator.onAlert(Captures.alert("a"));

    await().until(() -> !sink.committed.isEmpty());
  }

  @Test
  void onAlert_verdictNeverComes_continuesAfterTwoSeconds() throws Exception {
    alertReporter = (alert, capture) -> new CompletableFuture<>();
    start("capture.after=1ms");
    freezing.release(10);
    coordinator.onAlert(Captures.alert("a"));

    await().atMost(Duration.ofSeconds(8)).until(() -> !sink.committed.isEmpty());
  }

  @Test
  void onAlert_reporterThrows_continues() throws Exception {
    alertReporter =
        (alert, capture) -> {
          throw new IllegalStateException("no channel");
        };
    start("capture.after=1ms");
    freezing.release(10);
    coordinator.onAlert(Captures.alert("a"));

    await().until(() -> !sink.committed.isEmpty());
  }

  @Test
  void onRequest_capturesRequestedKindsAndReportsMissingOnes() throws Exception {
    start("capture.after=1ms");
    coordinator.onRequest(request("threads", "heap"));
    freezing.release();
    await().until(() -> !sink.committed.isEmpty());

    assertThat(executed).containsExactly("threads");
    assertThat(raised).isEmpty();
    assertThat(sink.committed.get(0).resolve("alert.json")).doesNotExist();
    assertThat(json("manifest.json").at("/missing/0/artifact").asText()).isEqualTo("heap");
    assertThat(Files.readString(sink.committed.get(0).resolve("acquisition.log")))
        .contains("# because: curious", "heap could not be had");
  }

  @Test
  void onRequest_twice_isPerformedOnceAndReportedTwice() throws Exception {
    start("capture.after=1ms");
    freezing.release(10);
    StartCapture request = request();
    coordinator.onRequest(request);
    await().until(() -> states().contains(CaptureState.SHIPPING));

    coordinator.onRequest(request);

    assertThat(states())
        .containsExactly(CaptureState.RUNNING, CaptureState.SHIPPING, CaptureState.SHIPPING);
    assertThat(sink.committed).hasSize(1);
  }

  @Test
  void onRequest_eightAlreadyWait_isRefusedWithTheReason() throws Exception {
    start("capture.after=1ms");
    coordinator.onRequest(request());
    await().until(freezing::hasQueuedThreads);
    for (int i = 0; i < 8; i++) {
      coordinator.onRequest(request());
    }
    coordinator.onRequest(request());

    CaptureProgress last = reports.get(reports.size() - 1);
    assertThat(last.state()).isEqualTo(CaptureState.FAILED);
    assertThat(last.reason()).contains("8 captures wait already");
    freezing.release(100);
    await().until(() -> sink.committed.size() == 9);
  }

  @Test
  void onAlert_whileARequestForFewerKindsRuns_startsItsOwnCapture() throws Exception {
    start("capture.after=1ms");
    coordinator.onRequest(request("threads"));
    await().until(freezing::hasQueuedThreads);
    coordinator.onAlert(Captures.alert("a"));
    freezing.release(10);

    await().until(() -> sink.committed.size() == 2);
    assertThat(raised.get(0).capture()).isNotNull();
  }

  @Test
  void perform_noSpaceForTheManifest_failsWithTheReasonAndAbandons() throws Exception {
    start("capture.after=1ms");
    sink.refuses = "manifest.json";
    freezing.release(10);
    coordinator.onRequest(request());
    await().until(() -> states().contains(CaptureState.FAILED));

    assertThat(reports.get(1).reason())
        .isEqualTo("no room for manifest.json; make the spool larger");
    assertThat(sink.abandoned).hasSize(1);
    sink.refuses = "";
    coordinator.onRequest(request());
    await().until(() -> !sink.committed.isEmpty());
  }

  @Test
  void close_runningCapture_takesItsRecordingNow() throws Exception {
    start("capture.after=10m");
    freezing.release(10);
    coordinator.onAlert(Captures.alert("a"));
    await().until(() -> executed.contains("threads"));

    assertThat(coordinator.close(Duration.ofSeconds(10), Duration.ofSeconds(10))).isTrue();

    assertThat(sink.committed).hasSize(1);
    assertThat(executed).containsExactly("threads", "recording");
    coordinator.onRequest(request());
    assertThat(reports.get(reports.size() - 1).reason()).isEqualTo("the JVM ends");
  }

  @Test
  void close_captureWithHeap_getsTheLongerLimit() throws Exception {
    closeDuringACapture("heap=always", "a");
  }

  @Test
  void close_outOfMemoryCapture_getsTheLongerLimit() throws Exception {
    closeDuringACapture("heap=off", CaptureContext.OUT_OF_MEMORY);
  }

  private void closeDuringACapture(String settings, String rule) throws Exception {
    start("capture.after=1ms," + settings);
    coordinator.onAlert(Captures.alert(rule));
    await().until(freezing::hasQueuedThreads);
    Thread releaser =
        new Thread(
            () -> {
              try {
                Thread.sleep(300);
                freezing.release();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    releaser.start();

    assertThat(coordinator.close(Duration.ofMillis(50), Duration.ofSeconds(20))).isTrue();

    assertThat(sink.committed).hasSize(1);
    releaser.join();
  }

  @Test
  void close_captureThatTakesTooLong_failsWithTheReason() throws Exception {
    start("capture.after=1ms");
    coordinator.onRequest(request());
    await().until(freezing::hasQueuedThreads);

    assertThat(coordinator.close(Duration.ofMillis(50), Duration.ofMillis(50))).isFalse();

    await().until(() -> states().contains(CaptureState.FAILED));
    assertThat(reports.get(1).reason()).isEqualTo("the JVM ended before it was sealed");
    await().until(() -> sink.abandoned.size() == 1);
  }

  @Test
  void interruptionByOthers_ofARunningCapture_performsItAgain() throws Exception {
    start("capture.after=1ms");
    coordinator.onAlert(Captures.alert("a"));
    await().until(freezing::hasQueuedThreads);

    captureThread().interrupt();
    await().until(() -> sink.abandoned.size() == 1);
    freezing.release(1_000);

    await().until(() -> sink.committed.size() == 1);
    assertThat(states()).doesNotContain(CaptureState.FAILED);
  }

  @Test
  void interruptionsWithoutEnd_failTheCaptureWithTheReason_andTheNextIsPerformed()
      throws Exception {
    start("capture.after=1ms");
    coordinator.onAlert(Captures.alert("a"));
    await()
        .until(
            () -> {
              captureThread().interrupt();
              return states().contains(CaptureState.FAILED);
            });
    assertThat(reports.get(reports.size() - 1).reason())
        .isEqualTo("its thread was interrupted again and again before it was sealed");

    freezing.release(1_000);
    coordinator.onRequest(request());
    await().until(() -> sink.committed.size() == 1);
  }

  @Test
  void end_afterAnInterruptionByOthers_waitsForTheLastCapture() throws Exception {
    start("capture.after=1ms");
    await().until(() -> captureThread().getState() == Thread.State.WAITING);
    captureThread().interrupt();
    freezing.release(1_000);

    endWithACapture();
  }

  @Test
  void end_afterItsThreadEnded_isContinuedByAnother() throws Exception {
    endsAtOnce = true;
    start("capture.after=1ms");
    captureThread().join();
    freezing.release(1_000);

    endWithACapture();
  }

  @Test
  void end_withoutAThreadAndNoneCanBeStarted_reportsTheAlertAndDoesNotWait() throws Exception {
    endsAtOnce = true;
    start("capture.after=1ms");
    captureThread().join();
    threadsAreUsedUp = true;
    long limitNanos = Duration.ofMinutes(10).toNanos();

    Alert last = Captures.alert("jvm.exit");
    assertThat(coordinator.end(last, true, false, System.nanoTime() + limitNanos)).isTrue();
    assertThat(raised).extracting(Raised::alert).containsExactly(last);
    assertThat(assertTimeoutPreemptively(LIMIT, () -> coordinator.awaitEnd(limitNanos))).isFalse();
    threadsAreUsedUp = false;
  }

  private void endWithACapture() throws InterruptedException {
    long limitNanos = Duration.ofSeconds(20).toNanos();
    long endNanos = System.nanoTime() + limitNanos;

    assertThat(coordinator.end(Captures.alert("jvm.exit"), true, false, endNanos)).isTrue();
    assertThat(coordinator.awaitEnd(limitNanos)).isTrue();

    assertThat(sink.committed).hasSize(1);
  }

  private Thread captureThread() {
    return captureThreads.get(captureThreads.size() - 1);
  }

  private Thread newThread(Runnable work) {
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

  @Test
  void sources_runOnDaemonThreadsWithTheAgentsPrefix() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    ArtifactSource source =
        Captures.source(
            "threads",
            Moment.AT_ONCE,
            (context, out) -> {
              threads.add(Thread.currentThread());
              seen.countDown();
            });
    start("capture.after=1ms", source);
    coordinator.onRequest(request());
    seen.await();

    assertThat(threads.get(0).getName()).startsWith("whorl-");
    assertThat(threads.get(0).isDaemon()).isTrue();
  }

  private void start(String arguments) {
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

  private void start(String arguments, ArtifactSource first) {
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
            new whorl.agent.redact.Redactor(java.util.List.of()),
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

  private static StartCapture request(String... artifacts) {
    return new StartCapture(Id.next(Captures.CLOCK), List.of(artifacts), "curious", null, false);
  }

  private List<CaptureState> states() {
    return reports.stream().map(CaptureProgress::state).toList();
  }

  private JsonNode json(String name) throws IOException {
    return Json.MAPPER.readTree(sink.committed.get(0).resolve(name).toFile());
  }
}
