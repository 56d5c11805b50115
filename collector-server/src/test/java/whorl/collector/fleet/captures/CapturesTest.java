package whorl.collector.fleet.captures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static whorl.collector.fleet.channel.FleetRig.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.http.request.FakeRequest;
import whorl.collector.http.request.ProblemException;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.CaptureProgress;
import whorl.evidence.channel.CaptureState;
import whorl.evidence.channel.CollectorMessage.StartCapture;

/** Requests for captures: who gets them, and within what limits. */
class CapturesTest extends CapturesFixture {
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
        "{\"target\":{\"service\":\"shop\"},\"artifacts\":[\"soul\"]}|400|unknown artifact soul;"
            + " known are: recording",
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
}
