package whorl.agent.capture.coordinate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.ArtifactSource.Moment;
import whorl.agent.capture.CaptureContext;
import whorl.agent.capture.Captures;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Level;
import whorl.evidence.channel.AgentMessage.CaptureProgress;
import whorl.evidence.channel.CaptureState;
import whorl.evidence.channel.CollectorMessage.StartCapture;

class CaptureCoordinatorTest extends CoordinatorFixture {
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
  void onAlert_refused_queriesTheGravestThatJoinedFirst() throws Exception {
    alertReporter =
        (alert, capture) ->
            CompletableFuture.completedFuture(
                new AlertReporter.Verdict(alert.rule().equals("grave"), "three others had it"));
    start("capture.after=1ms");
    coordinator.onAlert(Captures.alert("a"));
    await().until(freezing::hasQueuedThreads);
    for (int i = 0; i < 10; i++) {
      coordinator.onAlert(Captures.alert("low-" + i, Level.LOW));
    }
    coordinator.onAlert(Captures.alert("grave", Level.CRITICAL));
    freezing.release();

    await().until(() -> !sink.committed.isEmpty() || !sink.abandoned.isEmpty());
    assertThat(sink.abandoned).isEmpty();
  }

  @Test
  void onAlert_moreJoinThanAreKept_theGravestAreKept() throws Exception {
    start("capture.after=50ms");
    coordinator.onAlert(Captures.alert("a"));
    await().until(freezing::hasQueuedThreads);
    for (int i = 0; i < 100; i++) {
      coordinator.onAlert(Captures.alert("low-" + i, Level.LOW));
    }
    coordinator.onAlert(Captures.alert("grave", Level.CRITICAL));
    coordinator.onAlert(Captures.alert("late", Level.LOW));
    freezing.release();
    await().until(() -> !sink.committed.isEmpty());

    List<String> rules = json("alert.json").at("/joined").findValuesAsText("rule");
    assertThat(rules).hasSize(100).startsWith("low-0", "low-1").endsWith("low-98", "grave");
    assertThat(json("alert.json").at("/joinedNotKept").asInt()).isEqualTo(2);
  }

  @Test
  void onAlert_manyOfOneRuleJoin_thoseOfOtherRulesAreKept() throws Exception {
    start("capture.after=50ms");
    coordinator.onAlert(Captures.alert("a"));
    await().until(freezing::hasQueuedThreads);
    coordinator.onAlert(Captures.alert("early", Level.MEDIUM));
    for (int i = 0; i < 100; i++) {
      coordinator.onAlert(Captures.alert("flood", Level.CRITICAL));
    }
    coordinator.onAlert(Captures.alert("attack", Level.CRITICAL));
    coordinator.onAlert(Captures.alert("late", Level.MEDIUM));
    freezing.release();
    await().until(() -> !sink.committed.isEmpty());

    List<String> rules = json("alert.json").at("/joined").findValuesAsText("rule");
    assertThat(rules).hasSize(100).startsWith("early", "flood").endsWith("flood", "attack", "late");
    assertThat(json("alert.json").at("/joinedNotKept").asInt()).isEqualTo(3);
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

  private JsonNode json(String name) throws IOException {
    return Json.MAPPER.readTree(sink.committed.get(0).resolve(name).toFile());
  }
}
