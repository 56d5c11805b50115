package whorl.collector.fleet.captures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static whorl.collector.fleet.channel.FleetRig.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.http.request.FakeRequest;
import whorl.collector.http.request.ProblemException;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.CaptureProgress;
import whorl.evidence.channel.AgentMessage.Goodbye;
import whorl.evidence.channel.CaptureState;
import whorl.evidence.channel.CollectorMessage.StartCapture;

class CapturesTest {
  private static final Id EVIDENCE = new Id("evidence-0001");

  @TempDir Path folder;
  private final ManualTime time = new ManualTime();
  private FleetRig rig;

  @BeforeEach
  void open() throws IOException {
    rig = new FleetRig(folder, time);
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
  }

  @Test
  void request_byService_goesToEveryMatchingAgent() throws IOException {
    Wire one = rig.connect(agent(1));
    Wire two = rig.connect(agent(2));
    Wire other = rig.connect(agent(3, "cart", "prod"));

    JsonNode answer =
        post("{\"target\":{\"service\":\"shop\"},\"artifacts\":[\"heap\",\"threads\"]}");

    assertThat(answer.get("captures")).hasSize(2);
    assertThat(answer.get("captures").get(0).properties().stream().map(Map.Entry::getKey))
        .containsExactly("id", "agent", "state");
    assertThat(answer.get("captures").get(0).get("state").asText()).isEqualTo("requested");
    assertThat(one.captureRequests()).hasSize(1);
    assertThat(two.captureRequests()).hasSize(1);
    assertThat(other.captureRequests()).isEmpty();
    StartCapture request = one.captureRequests().get(0);
    assertThat(request.artifacts()).containsExactly("heap", "threads");
    assertThat(request.reason()).isEqualTo("asked for by responder-1a2b3c4d");
    assertThat(request.capture().value())
        .isEqualTo(answer.get("captures").get(0).get("id").asText());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"agent\":\"agent-00000002\"}|1",
        "{\"service\":\"shop\",\"namespace\":\"test\"}|1",
        "{\"service\":\"shop\",\"namespace\":\"prod\"}|1",
        "{\"service\":\"cart\",\"namespace\":\"test\"}|0",
        "{\"pod\":\"shop-00000002\"}|1",
        "{\"pod\":\"9a3c5c62-0000-4000-8000-000000000002\"}|1",
        "{\"container\":\"000000020000\"}|1",
        "{\"container\":\"00000002000000020000000200000002\"}|1",
        "{\"container\":\"ffffffffffff\"}|0",
        "{\"labels\":{\"team\":\"checkout\"}}|3",
        "{\"labels\":{\"team\":\"checkout\",\"number\":\"00000003\"}}|1",
        "{\"labels\":{\"team\":\"billing\"}}|0",
      })
  void target_allPartsMustMatch(String target, int matches) throws IOException {
    rig.connect(agent(1, "shop", "prod"));
    rig.connect(agent(2, "shop", "test"));
    rig.connect(agent(3, "cart", "prod"));

    if (matches == 0) {
      assertProblem("{\"target\":" + target + "}", 404, "no connected agent matches");
    } else {
      assertThat(post("{\"target\":" + target + "}").get("captures")).hasSize(matches);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|400|give at least one of agent, service",
        "{\"target\":{}}|400|give at least one of agent, service",
        "{\"target\":{\"servce\":\"shop\"}}|400|unknown field target.servce",
        "{\"tarket\":{}}|400|unknown field tarket",
        "{\"target\":{\"container\":\"abc\"}}|400|12 to 64 hexadecimal digits",
        "{\"target\":{\"service\":{}}}|400|target.service",
        "{\"target\":{\"service\":\"shop\"},\"artifacts\":[\"soul\"]}|400|unknown artifact soul; known are: recording",
        "{\"target\":{\"service\":\"nobody\"}}|404|service nobody",
        "{\"target\":|400|not JSON, at line 1",
        "null|400|null",
        "[]|400|wrong type",
      })
  void badRequest_isNamedWithTheRemedy(String body, int status, String named) {
    rig.connect(agent(1));
    assertProblem(body, status, named);
  }

  @Test
  void tooLongBody_isRefused() {
    assertProblem(" ".repeat((1 << 20) + 1), 413, "longer than");
  }

  @Test
  void capture_goesFromRequestedToSealed() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id id = begin(wire);
    assertThat(state(id)).isEqualTo("requested");

    wire.say(new CaptureProgress(id, EVIDENCE, CaptureState.RUNNING, 0, 0, null));
    assertThat(state(id)).isEqualTo("running");
    wire.say(new CaptureProgress(id, EVIDENCE, CaptureState.SHIPPING, 100, 300, null));
    rig.captures.received(id, wire.id(), 200, 0);
    wire.say(new CaptureProgress(id, EVIDENCE, CaptureState.RUNNING, 50, 0, null));
    wire.say(new CaptureProgress(id, EVIDENCE, CaptureState.SEALED, 0, 0, null));
    JsonNode shipping = get(id);
    assertThat(shipping.get("state").asText()).isEqualTo("shipping");
    assertThat(shipping.get("progress").get("bytes").asLong()).isEqualTo(200);
    assertThat(shipping.get("progress").get("of").asLong()).isEqualTo(300);
    assertThat(shipping.get("sealedAt").isNull()).isTrue();

    rig.captures.sealed(seal(id, wire.id(), CaptureState.SEALED));
    rig.captures.sealed(seal(id, wire.id(), CaptureState.SEALED));
    assertThat(rig.captureCounters.sealed()).isEqualTo(1);
    JsonNode sealed = get(id);
    assertThat(sealed.get("state").asText()).isEqualTo("sealed");
    assertThat(sealed.get("evidence").asText()).isEqualTo(EVIDENCE.value());
    assertThat(sealed.get("sealedAt").asText()).isEqualTo(time.instant().toString());

    wire.say(new CaptureProgress(id, EVIDENCE, CaptureState.FAILED, 0, 0, "too late"));
    assertThat(state(id)).isEqualTo("sealed");
  }

  @Test
  void heapBytes_growWhileTheAgentIsSilent_withUnknownTotal() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id id = begin(wire);
    wire.say(new CaptureProgress(id, EVIDENCE, CaptureState.RUNNING, 0, 0, null));
    for (long bytes = 1 << 20; bytes < 6L << 30; bytes += 1L << 30) {
      rig.captures.received(id, wire.id(), bytes, bytes);
      assertThat(get(id).get("state").asText()).isEqualTo("running");
      assertThat(get(id).at("/progress/bytes").asLong()).isEqualTo(bytes);
      assertThat(get(id).at("/progress/of").asLong()).isZero();
    }
  }

  @Test
  void spoolNumbers_afterAStreamedHeap_neverReduceTheProgress() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id id = begin(wire);
    rig.captures.received(id, wire.id(), 900, 900);

    wire.say(new CaptureProgress(id, EVIDENCE, CaptureState.SHIPPING, 0, 300, null));
    assertThat(get(id).get("progress").toString()).isEqualTo("{\"bytes\":900,\"of\":1200}");
    rig.captures.received(id, wire.id(), 1000, 900);
    wire.say(new CaptureProgress(id, EVIDENCE, CaptureState.SHIPPING, 100, 300, null));
    assertThat(get(id).get("progress").toString()).isEqualTo("{\"bytes\":1000,\"of\":1200}");
    rig.captures.received(id, wire.id(), 1200, 900);
    assertThat(get(id).get("progress").toString()).isEqualTo("{\"bytes\":1200,\"of\":1200}");
  }

  @Test
  void withdrawnUpload_neverReducesTheProgress() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id id = begin(wire);
    rig.captures.received(id, wire.id(), 500, 500);
    rig.captures.received(id, wire.id(), 10, 10);
    assertThat(get(id).at("/progress/bytes").asLong()).isEqualTo(500);

    wire.say(new CaptureProgress(id, EVIDENCE, CaptureState.SHIPPING, 0, 30, null));
    assertThat(get(id).at("/progress/of").asLong()).isEqualTo(40);
  }

  @Test
  void hugeNumbers_doNotOverflow() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id id = begin(wire);
    rig.captures.received(id, wire.id(), 900, 900);
    wire.say(
        new CaptureProgress(id, EVIDENCE, CaptureState.SHIPPING, -5, Long.MAX_VALUE - 1, null));
    assertThat(get(id).at("/progress/bytes").asLong()).isEqualTo(900);
    assertThat(get(id).at("/progress/of").asLong()).isPositive();
  }

  @Test
  void bytesForAnotherAgentsCapture_areIgnored() throws IOException {
    Wire owner = rig.connect(agent(1));
    Wire other = rig.connect(agent(2));
    Id id = begin(owner);
    rig.captures.received(id, other.id(), 100, 100);

    assertThat(get(id).at("/progress/bytes").asLong()).isZero();
    assertThat(rig.captureCounters.foreignProgress()).isEqualTo(1);
  }

  @Test
  void arrivingBytes_keepTheCaptureOfADisconnectedAgentOpen() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id id = begin(wire);
    wire.say(new CaptureProgress(id, EVIDENCE, CaptureState.RUNNING, 0, 0, null));
    wire.listener.closed();
    for (int i = 1; i <= 4; i++) {
      time.pass(Duration.ofSeconds(40));
      rig.captures.received(id, wire.id(), i, i);
      rig.captures.checkTimeouts();
      assertThat(state(id)).isEqualTo("running");
    }

    time.pass(Duration.ofSeconds(61));
    rig.captures.checkTimeouts();
    assertThat(state(id)).isEqualTo("partial");
  }

  @Test
  void failure_showsTheReason() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id id = begin(wire);
    wire.say(new CaptureProgress(id, null, CaptureState.FAILED, 0, 0, "no room"));

    assertThat(get(id).get("state").asText()).isEqualTo("failed");
    assertThat(get(id).get("failure").asText()).isEqualTo("no room");
    assertThat(rig.captureCounters.failed()).isEqualTo(1);
  }

  @Test
  void agentThatDisconnectsBeforeItBegins_getsTheRequestAgain() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id id = begin(wire);
    wire.listener.closed();
    time.pass(Duration.ofSeconds(50));
    rig.captures.checkTimeouts();

    Wire back = rig.connect(agent(1));
    assertThat(back.captureRequests()).extracting(StartCapture::capture).containsExactly(id);
    assertThat(rig.captureCounters.resent()).isEqualTo(1);
    time.pass(Duration.ofSeconds(50));
    rig.captures.checkTimeouts();
    assertThat(state(id)).isEqualTo("requested");
  }

  @Test
  void agentThatMissedTheRequest_getsItWhenItReconnects() throws IOException {
    Wire wire = rig.connect(agent(1));
    wire.peer.stopReading();
    Id id = begin(wire);

    assertThat(rig.connect(agent(1)).captureRequests())
        .extracting(StartCapture::capture)
        .containsExactly(id);
  }

  @Test
  void agentGoneForAMinute_failsOrIsPartial_andContinuesWhenItReconnects() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id requested = begin(wire);
    Id shipping = begin(wire);
    wire.say(new CaptureProgress(shipping, EVIDENCE, CaptureState.SHIPPING, 100, 300, null));
    wire.say(new Goodbye("the JVM ends"));
    wire.listener.closed();
    time.pass(Duration.ofSeconds(61));
    rig.captures.checkTimeouts();

    assertThat(state(requested)).isEqualTo("failed");
    assertThat(get(requested).get("failure").asText()).contains("before it began");
    assertThat(state(shipping)).isEqualTo("partial");
    assertThat(get(shipping).get("failure").asText()).contains("did not come back");

    Wire back = rig.connect(agent(1));
    assertThat(back.captureRequests()).isEmpty();
    back.say(new CaptureProgress(shipping, EVIDENCE, CaptureState.SHIPPING, 200, 300, null));
    assertThat(state(shipping)).isEqualTo("shipping");
    assertThat(get(shipping).get("failure").isNull()).isTrue();
    rig.captures.sealed(seal(requested, wire.id(), CaptureState.SEALED));
    assertThat(state(requested)).isEqualTo("sealed");
    assertThat(get(requested).get("failure").isNull()).isTrue();
  }

  @Test
  void partialFromTheReceiver_isOnlyReplacedBySealed() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id id = begin(wire);
    rig.captures.sealed(
        new SealedCapture(
            id,
            wire.id(),
            "shop",
            EVIDENCE,
            CaptureState.PARTIAL,
            "x",
            null,
            time.instant(),
            "expired"));
    wire.say(new CaptureProgress(id, EVIDENCE, CaptureState.SHIPPING, 1, 2, null));
    assertThat(state(id)).isEqualTo("partial");
    rig.captures.sealed(seal(id, wire.id(), CaptureState.SEALED));
    assertThat(state(id)).isEqualTo("sealed");
  }

  @Test
  void agentThatNeverBegins_timesOut() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id id = begin(wire);
    time.pass(Duration.ofMinutes(16));
    rig.captures.checkTimeouts();
    assertThat(get(id).get("failure").asText()).contains("15 minutes");
  }

  @Test
  void anotherAgentsCapture_isUnchanged() throws IOException {
    Wire owner = rig.connect(agent(1));
    Wire other = rig.connect(agent(2));
    Id id = begin(owner);
    other.say(new CaptureProgress(id, null, CaptureState.FAILED, 0, 0, "sabotage"));
    rig.captures.sealed(seal(id, other.id(), CaptureState.SEALED));

    assertThat(state(id)).isEqualTo("requested");
    assertThat(rig.captureCounters.foreignProgress()).isEqualTo(2);
  }

  @Test
  void captureBegunByTheAgent_isRegisteredByItsProgressOrItsEvidence() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id own = new Id("capture-of-its-own");
    wire.say(new CaptureProgress(own, EVIDENCE, CaptureState.RUNNING, 0, 0, null));
    assertThat(state(own)).isEqualTo("running");

    Id unseen = new Id("capture-never-told");
    rig.captures.sealed(seal(unseen, wire.id(), CaptureState.SEALED));
    assertThat(state(unseen)).isEqualTo("sealed");
    assertThat(get(unseen).get("reason").asText()).isEqualTo("why");
  }

  @Test
  void captureWhoseEvidenceCameBeforeItsAlert_staysSealed() throws IOException {
    Wire wire = rig.connect(agent(1));
    rig.connect(agent(2));
    Id early = new Id("capture-sealed-first");
    rig.captures.sealed(seal(early, wire.id(), CaptureState.SEALED));

    assertThat(rig.captures.begun(agent(1), early, "an alert", null)).isTrue();
    assertThat(rig.captures.begun(agent(2), early, "sabotage", null)).isFalse();

    assertThat(state(early)).isEqualTo("sealed");
    assertThat(get(early).get("agent").asText()).isEqualTo(wire.id().value());
  }

  @Test
  void openCaptures_areLimitedPerAgent() throws IOException {
    Wire wire = rig.connect(agent(1));
    for (int i = 0; i < 16; i++) {
      begin(wire);
    }
    assertProblem("{\"target\":{\"service\":\"shop\"}}", 429, "agent-00000001");
    wire.say(new CaptureProgress(new Id("one-too-many"), null, CaptureState.RUNNING, 0, 0, null));
    assertThat(rig.captures.find(new Id("one-too-many"))).isNull();
  }

  /** An attacker with an agent's token can connect under any number of agent ids. */
  @Tag("long")
  @Test
  void capturesBegunByAttackers_leaveRoomForOthers() throws IOException {
    int agents = CaptureLimits.MAX_BEGUN_FROM_NETWORK / 16 + 10;
    for (int i = 0; i < agents; i++) {
      Wire attacker = rig.dial(agent(1_000 + i));
      attacker.peer.address = "203.0.113.9";
      attacker.hello(null);
      for (int j = 0; j < 16; j++) {
        attacker.say(running(Id.next(time)));
      }
    }
    Id one = Id.next(time);
    Wire other = rig.connect(agent(1));
    other.say(running(one));

    assertThat(rig.captures.find(one)).isNotNull();
    assertThat(post("{\"target\":{\"agent\":\"" + other.id() + "\"}}").get("captures")).hasSize(1);
    Wire late = rig.dial(agent(9_000));
    late.peer.address = "203.0.113.9";
    late.hello(null);
    Id refused = Id.next(time);
    late.say(running(refused));
    assertThat(rig.captures.find(refused)).isNull();
    assertThat(post("{\"target\":{\"agent\":\"" + late.id() + "\"}}").get("captures"))
        .as("requested captures do not count against this limit")
        .hasSize(1);
  }

  private static CaptureProgress running(Id capture) {
    return new CaptureProgress(capture, null, CaptureState.RUNNING, 0, 0, null);
  }

  @Test
  void agentWithoutRoom_isListedAsSkipped_andTheOthersGetTheRequest() throws IOException {
    Wire full = rig.connect(agent(1));
    Wire other = rig.connect(agent(2));
    for (int i = 0; i < 16; i++) {
      begin(full);
    }

    JsonNode answer = post("{\"target\":{\"service\":\"shop\"}}");

    assertThat(answer.get("captures")).hasSize(1);
    assertThat(answer.at("/captures/0/agent").asText()).isEqualTo(other.id().value());
    assertThat(answer.at("/skipped/0/agent").asText()).isEqualTo(full.id().value());
    assertThat(answer.at("/skipped/0/why").asText()).contains("too many captures open");
  }

  @Test
  void idempotencyKey_takesEffectOnce_evenAfterARestart() throws IOException {
    Wire wire = rig.connect(agent(1));
    String body = "{\"target\":{\"service\":\"shop\"}}";
    JsonNode first = withKey("k-1", body);
    JsonNode second = withKey("k-1", body);
    assertThat(second).isEqualTo(first);
    assertThat(wire.captureRequests()).hasSize(1);
    assertThatThrownBy(() -> withKey("k-1", body + " "))
        .isInstanceOfSatisfying(
            ProblemException.class, problem -> assertThat(problem.status()).isEqualTo(422));
    assertThatThrownBy(() -> withKey("bad key", body)).hasMessageContaining("Idempotency-Key");

    rig.close();
    rig = new FleetRig(folder, time);
    assertThat(withKey("k-1", body)).isEqualTo(first);
    rig.connect(agent(1));
    assertThat(withKey("k-2", body)).isNotEqualTo(first);
  }

  @Test
  void idempotencyKey_underConcurrency_beginsOneCapture() throws Exception {
    Wire wire = rig.connect(agent(1));
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      List<Future<JsonNode>> answers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        answers.add(pool.submit(() -> withKey("k", "{\"target\":{\"service\":\"shop\"}}")));
      }
      for (Future<JsonNode> answer : answers) {
        assertThat(answer.get()).isEqualTo(answers.get(0).get());
      }
    } finally {
      pool.shutdown();
    }
    assertThat(wire.captureRequests()).hasSize(1);
  }

  @Test
  void restart_keepsCaptures_andSendsRequestsAgain() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id requested = begin(wire);
    Id running = begin(wire);
    wire.say(new CaptureProgress(running, EVIDENCE, CaptureState.RUNNING, 0, 0, null));
    rig.close();
    rig = new FleetRig(folder, time);

    Wire back = rig.connect(agent(1));
    assertThat(back.captureRequests()).extracting(StartCapture::capture).containsExactly(requested);
    assertThat(state(running)).isEqualTo("running");
  }

  @Test
  void list_isNewestFirst_filtered_andFollowsItsCursor() throws IOException {
    Wire wire = rig.connect(agent(1));
    Wire cart = rig.connect(agent(2, "cart", "prod"));
    List<String> begun = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      begun.add(0, begin(wire).value());
    }
    begin(cart);

    List<String> listed = new ArrayList<>();
    String cursor = null;
    do {
      FakeRequest request =
          FakeRequest.get("/api/v1/captures").query("service", "shop").query("limit", 2);
      if (cursor != null) {
        request.query("cursor", cursor);
      }
      JsonNode page = request.json(rig.captureRoutes);
      page.get("captures").forEach(capture -> listed.add(capture.get("id").asText()));
      cursor = page.has("next") ? page.get("next").asText() : null;
    } while (cursor != null);
    assertThat(listed).isEqualTo(begun);
    assertThatThrownBy(
            () -> FakeRequest.get("/api/v1/captures").query("state", "odd").to(rig.captureRoutes))
        .hasMessageContaining("not a capture state")
        .hasMessageContaining(": odd");
    assertThatThrownBy(() -> get(new Id("no-such-capture"))).hasMessageContaining("no capture");
  }

  private Id begin(Wire wire) throws IOException {
    JsonNode answer = post("{\"target\":{\"agent\":\"" + wire.id() + "\"},\"reason\":\"why\"}");
    return new Id(answer.get("captures").get(0).get("id").asText());
  }

  private SealedCapture seal(Id capture, Id agent, CaptureState state) {
    return new SealedCapture(
        capture, agent, "shop", EVIDENCE, state, "why", null, time.instant(), null);
  }

  private JsonNode post(String body) throws IOException {
    return FakeRequest.post("/api/v1/captures", body).json(rig.captureRoutes);
  }

  private JsonNode withKey(String key, String body) throws IOException {
    return FakeRequest.post("/api/v1/captures", body)
        .with("Idempotency-Key", key)
        .json(rig.captureRoutes);
  }

  private JsonNode get(Id id) throws IOException {
    return FakeRequest.get("/api/v1/captures/{id}").at("id", id).json(rig.captureRoutes);
  }

  private String state(Id id) throws IOException {
    return get(id).get("state").asText();
  }

  private void assertProblem(String body, int status, String named) {
    assertThatThrownBy(() -> post(body))
        .isInstanceOfSatisfying(
            ProblemException.class, problem -> assertThat(problem.status()).isEqualTo(status))
        .hasMessageContaining(named);
  }
}
