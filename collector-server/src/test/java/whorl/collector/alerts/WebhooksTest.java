package whorl.collector.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static whorl.collector.alerts.AlertRig.payload;
import static whorl.collector.fleet.channel.FleetRig.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.http.request.FakeRequest;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.store.access.Scope;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.testkit.EachEngine;
import whorl.evidence.Json;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.AgentMessage.CaptureProgress;
import whorl.evidence.channel.CaptureState;

/** Alerts of other systems: captures, repetitions, limits and refusals. */
class WebhooksTest {
  @TempDir Path folder;
  private final ManualTime time = new ManualTime();
  private AlertRig rig;

  @BeforeEach
  void open() throws IOException {
    rig = new AlertRig(folder, time);
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
  }

  @Test
  void webhookRoutes_acceptATokenOfRoleAlertInTheQuery() {
    assertThat(rig.routes)
        .filteredOn(route -> route.method().equals("POST"))
        .hasSize(4)
        .allSatisfy(
            route -> {
              assertThat(route.tokenInQuery()).isTrue();
              assertThat(route.needs()).isEqualTo(Role.ALERT);
              assertThat(route.maxBodyBytes()).isEqualTo(1 << 20);
            });
    assertThat(rig.routes)
        .filteredOn(route -> route.method().equals("GET"))
        .noneMatch(Route::tokenInQuery);
  }

  @Test
  void alertThatMatchesNoAgent_isAcceptedAndStored() throws IOException {
    JsonNode answer = rig.posted("falco", payload("falco.json"));
    assertThat(answer.get("captures")).isEmpty();
    assertThat(answer.get("notCaptured").asText()).contains("no connected agent matches");
    JsonNode kept = rig.listed().get(0);
    assertThat(kept.get("capture").isNull()).isTrue();
    assertThat(kept.get("notCaptured").asText()).contains("no connected agent matches");
    assertThat(rig.counters.unmatched()).isEqualTo(1);
  }

  @Test
  void repetitionWithinAMinute_joinsTheRunningCapture() throws IOException {
    Wire wire = rig.fleet.connect(agent(2));
    JsonNode first = rig.posted("falco", payload("falco.json"));
    time.pass(Duration.ofSeconds(59));
    JsonNode second = rig.posted("falco", payload("falco.json"));

    assertThat(second.get("captures").get(0).get("id"))
        .isEqualTo(first.get("captures").get(0).get("id"));
    assertThat(second.get("alert")).isNotEqualTo(first.get("alert"));
    assertThat(wire.captureRequests()).hasSize(1);
    assertThat(rig.listed()).hasSize(2);
    assertThat(rig.counters.joined()).isEqualTo(1);
    time.pass(Duration.ofSeconds(2));
    rig.post("falco", payload("falco.json"));
    assertThat(wire.captureRequests()).hasSize(2);
  }

  @Test
  void equalAlertsAtTheSameMoment_startOneCapture() throws Exception {
    Wire wire = rig.fleet.connect(agent(2));
    String alert = payload("falco.json");

    List<JsonNode> answers =
        EachEngine.atOnce(Collections.nCopies(8, () -> rig.posted("falco", alert)));

    assertThat(wire.captureRequests()).hasSize(1);
    String capture = wire.captureRequests().get(0).capture().value();
    assertThat(answers)
        .allSatisfy(
            answer ->
                assertThat(answer.get("captures").get(0).get("id").asText()).isEqualTo(capture));
    assertThat(rig.listed()).hasSize(8);
    assertThat(rig.counters.joined()).isEqualTo(7);
  }

  @Test
  void repetitionAfterAFailedCapture_startsAnother() throws IOException {
    Wire wire = rig.fleet.connect(agent(2));
    rig.post("falco", payload("falco.json"));
    wire.say(
        new CaptureProgress(
            wire.captureRequests().get(0).capture(), null, CaptureState.FAILED, 0, 0, "no room"));
    rig.post("falco", payload("falco.json"));
    assertThat(wire.captureRequests()).hasSize(2);
  }

  @Test
  void stormControl_refusesCapturesOfExternalAlerts_withTheReason() throws IOException {
    for (int i = 0; i < 10; i++) {
      rig.fleet.connect(agent(i));
    }
    JsonNode answer = rig.posted("generic", "{\"rule\":\"x-1\",\"target\":{\"service\":\"shop\"}}");
    assertThat(answer.get("captures")).hasSize(3);
    assertThat(answer.get("notCaptured").asText()).contains("storm control");
    assertThat(rig.counters.heldBackByStorm()).isEqualTo(7);
    assertThat(rig.listed().get(0).get("captures")).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "falco|{|not JSON, at line 1",
        "falco|[]|not a Falco alert",
        "falco|{\"rule\":\"x\"}|output_fields",
        "falco|{\"rule\":{},\"output_fields\":{}}|not a Falco alert",
        "alertmanager|{\"alerts\":{}}|list of alerts",
        "alertmanager|{\"version\":\"3\",\"alerts\":[]}|version 3; only 4 is supported",
        "alertmanager|{\"version\":\"4\",\"alerts\":[7]}|without labels",
        "alertmanager|{\"version\":\"4\",\"alerts\":[{\"labels\":{}}]}|alertname",
        "cloudevents|{}|not a CloudEvent",
        "generic|{\"rule\":\"x\",\"target\":{\"service\":\"a\"},\"sevrity\":1}|unknown field"
            + " sevrity",
        "generic|{\"rule\":\"x\",\"target\":{\"host\":\"a\"}}|unknown field target.host",
        "generic|{\"rule\":\"x\",\"target\":{}}|target is empty",
        "generic|{\"rule\":\"x\"}|target is empty",
        "generic|{\"target\":{\"service\":\"a\"}}|rule is missing",
        "generic|{\"rule\":\"x\",\"level\":\"loud\",\"target\":{\"service\":\"a\"}}|not a level",
        "generic|null|null",
      })
  void malformedBody_isRefusedWithTheProblem_andNothingIsStored(
      String dialect, String body, String named) throws IOException {
    assertProblem(() -> rig.post(dialect, body), 400, named);
    assertThat(rig.listed()).isEmpty();
    assertThat(rig.counters.malformed()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\"}",
        "{\"specversion\":\"0.3\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"}",
        "[]",
        "7"
      })
  void malformedCloudEvent_isRefusedWithTheProblem(String body) {
    assertProblem(
        () ->
            FakeRequest.post("/api/v1/alerts/cloudevents", body)
                .with("Content-Type", "application/cloudevents+json")
                .to(rig.routes),
        400,
        "CloudEvent");
  }

  @Test
  void oversizedListsAndBodies_areRefused() {
    String many = "{\"labels\":{\"alertname\":\"A\"}},".repeat(257);
    assertProblem(
        () ->
            rig.post(
                "alertmanager",
                "{\"version\":\"4\",\"alerts\":[" + many.substring(0, many.length() - 1) + "]}"),
        400,
        "257 alerts");
    assertProblem(
        () ->
            FakeRequest.post("/api/v1/alerts/cloudevents", "[" + "{},".repeat(256) + "{}]")
                .with("Content-Type", "application/cloudevents-batch+json")
                .to(rig.routes),
        400,
        "257 events");
    assertProblem(() -> rig.post("falco", " ".repeat((1 << 20) + 1)), 413, "longer than");
  }

  @Test
  void hostileStrings_areCut_andMatchNothing() throws IOException {
    rig.fleet.connect(agent(2));
    ObjectNode alert = falco();
    alert.put("rule", "'; DROP TABLE alerts; --\u0000\u001b[31m" + "x".repeat(100_000));
    ObjectNode fields = (ObjectNode) alert.get("output_fields");
    fields.removeAll();
    fields.put("k8s.pod.name", "%' OR '1'='1");
    for (int i = 0; i < 5_000; i++) {
      fields.put("field-" + i, "v");
    }
    assertThat(rig.posted("falco", alert.toString()).get("notCaptured").asText())
        .contains("no connected agent");
    JsonNode kept = rig.listed().get(0);
    assertThat(kept.get("rule").asText()).hasSize(256);
    assertThat(kept.get("fields").size()).isLessThanOrEqualTo(129);
    assertThat(kept.get("fields").has("whorl.cut")).isTrue();
  }

  @Test
  void manyAlertsOfOneToken_areRefused_andEvictNoStoredAlerts() throws IOException {
    rig.close();
    rig = new AlertRig(folder, time, 400);
    Wire wire = rig.fleet.connect(agent(1));
    for (int i = 0; i < 20; i++) {
      wire.say(new AgentMessage.AlertRaised(rig.alert("genuine-" + i), null, List.of()));
    }

    int refused = 0;
    for (int i = 0; i < 1_000; i++) {
      try {
        rig.post("falco", payload("falco.json"));
      } catch (ProblemException e) {
        assertThat(e.status()).isEqualTo(429);
        assertThat(e.headers()).containsKey("Retry-After");
        refused++;
      }
    }

    assertThat(refused).isGreaterThanOrEqualTo(700);
    assertThat(rig.counters.tooMany() + rig.counters.withoutRoom()).isEqualTo(refused);
    assertThat(
            rig.ledger
                .page(
                    Scope.EVERYTHING, new AlertLedger.Filter(null, null, null, "whorl"), null, 100)
                .items())
        .hasSize(20);
    assertThat(rig.ledger.evicted()).isZero();
  }

  @Test
  void alertsWithoutRoom_areCountedAsRefused() throws IOException {
    rig.close();
    rig = new AlertRig(folder, time, 20);
    for (int i = 0; i < 10; i++) {
      rig.post("falco", payload("falco.json"));
    }

    for (int i = 0; i < 3; i++) {
      assertProblem(() -> rig.post("falco", payload("falco.json")), 429, "fill the room");
    }

    assertThat(rig.listed()).hasSize(10);
    assertThat(rig.ledger.refused()).isEqualTo(3);
  }

  private static ObjectNode falco() throws IOException {
    return (ObjectNode) Json.LENIENT.readTree(payload("falco.json"));
  }

  private static void assertProblem(ThrowingCallable call, int status, String named) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ProblemException.class, problem -> assertThat(problem.status()).isEqualTo(status))
        .hasMessageContaining(named);
  }
}
