package whorl.collector.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.collector.fleet.channel.FleetRig.agent;
import static whorl.collector.fleet.channel.FleetRig.event;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.fleet.captures.SealedCapture;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.http.request.FakeRequest;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.channel.AgentMessage.AlertRaised;
import whorl.evidence.channel.AgentMessage.CaptureProgress;
import whorl.evidence.channel.CaptureState;
import whorl.evidence.channel.CollectorMessage.AlertVerdict;

/** Which alerts of agents get a capture, and which evidence an alert leads to. */
class CapturesOfAgentAlertsTest {
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
  void twoHundredAgentsWithTheSameRule_getThreeCaptures_andAllAlertsKeepTheirJournals()
      throws Exception {
    List<Wire> wires = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      wires.add(rig.fleet.connect(agent(i)));
    }
    ExecutorService pool = Executors.newFixedThreadPool(16);
    try {
      List<Future<?>> raised = new ArrayList<>();
      for (Wire wire : wires) {
        Id capture = new Id("capture-of-" + wire.id());
        raised.add(
            pool.submit(
                () ->
                    wire.say(
                        new AlertRaised(
                            rig.alert("process-started"), capture, List.of(event(1), event(2))))));
      }
      for (Future<?> one : raised) {
        one.get();
      }
    } finally {
      pool.shutdown();
    }

    List<AlertVerdict> verdicts = wires.stream().flatMap(wire -> wire.verdicts().stream()).toList();
    assertThat(verdicts).hasSize(200);
    assertThat(verdicts).filteredOn(AlertVerdict::full).hasSize(3);
    assertThat(verdicts)
        .filteredOn(verdict -> !verdict.full())
        .allSatisfy(verdict -> assertThat(verdict.reason()).contains("storm control"));
    JsonNode listed = rig.listed();
    assertThat(listed).hasSize(200);
    int captured = 0;
    for (JsonNode alert : listed) {
      captured += alert.get("capture").isNull() ? 0 : 1;
      assertThat(alert.get("capture").isNull()).isNotEqualTo(alert.get("notCaptured").isNull());
      JsonNode whole =
          FakeRequest.get("/api/v1/alerts/{id}")
              .at("id", alert.get("id").asText())
              .json(rig.routes);
      assertThat(whole.get("journal")).hasSize(2);
    }
    assertThat(captured).isEqualTo(3);
    assertThat(rig.counters.full()).isEqualTo(3);
    assertThat(rig.counters.heldBackByStorm()).isEqualTo(197);
    assertThat(FakeRequest.get("/api/v1/captures").json(rig.fleet.captureRoutes).get("captures"))
        .hasSize(3);

    // a capture of the other agents can still be requested
    Wire held = wires.stream().filter(wire -> !wire.verdicts().get(0).full()).findFirst().get();
    FakeRequest.post("/api/v1/captures", "{\"target\":{\"agent\":\"" + held.id() + "\"}}")
        .to(rig.fleet.captureRoutes);
    assertThat(held.captureRequests()).hasSize(1);
  }

  @Test
  void stormWindow_slides_andCountsEachRuleAndServiceSeparately() throws IOException {
    Wire shop = rig.fleet.connect(agent(1));
    Wire cart = rig.fleet.connect(agent(2, "cart", "prod"));
    Wire test = rig.fleet.connect(agent(3, "shop", "test"));
    for (int i = 0; i < 3; i++) {
      assertThat(raise(shop, "rule-a").full()).isTrue();
      time.pass(Duration.ofMinutes(3));
    }
    assertThat(raise(shop, "rule-a").full()).isFalse();
    assertThat(raise(shop, "rule-b").full()).isTrue();
    assertThat(raise(cart, "rule-a").full()).isTrue();
    assertThat(raise(test, "rule-a").full()).isTrue();
    time.pass(Duration.ofMinutes(1));
    assertThat(raise(shop, "rule-a").full()).isTrue();
    assertThat(raise(shop, "rule-a").full()).isFalse();
  }

  /** An intruder with an agent's token can begin thousands of captures, which are in memory. */
  @Test
  void captureOfAnAlert_keepsWhatNamesTheAlert_andNotWhatItSays() throws IOException {
    Wire wire = rig.fleet.connect(agent(1));
    Id begun = new Id("capture-0001");
    Id running = new Id("capture-0002");
    Alert first = rig.alert("rule-a");
    Alert second = rig.alert("rule-b");
    wire.say(new AlertRaised(first, begun, List.of()));
    wire.say(new CaptureProgress(running, null, CaptureState.RUNNING, 0, 0, null));
    wire.say(new AlertRaised(second, running, List.of()));

    Alert ofBegun = rig.fleet.captures.find(begun).alert();
    Alert ofRunning = rig.fleet.captures.find(running).alert();
    assertThat(ofBegun.id()).isEqualTo(first.id());
    assertThat(ofRunning.id()).isEqualTo(second.id());
    for (Alert each : List.of(ofBegun, ofRunning)) {
      assertThat(each.level()).isEqualTo(first.level());
      assertThat(each.title()).isEqualTo(first.title());
      assertThat(Json.text(each)).doesNotContain("/bin/sh", "ProcessImpl", "t1059");
    }
  }

  @Test
  void alertWithoutACapture_isStored_withTheReason() throws IOException {
    Wire wire = rig.fleet.connect(agent(1));
    wire.say(new AlertRaised(rig.alert("rule-a"), null, List.of()));

    assertThat(wire.verdicts().get(0).full()).isFalse();
    assertThat(rig.listed().get(0).get("capture").isNull()).isTrue();
    assertThat(rig.listed().get(0).get("notCaptured").asText()).contains("cooldown");
    assertThat(rig.counters.heldBackByStorm()).isZero();
  }

  @Test
  void joinedAlert_mayRequestItsOwnCaptureLater_andGetsItsOwnVerdict() throws IOException {
    Wire wire = rig.fleet.connect(agent(1));
    Alert alert = rig.alert("rule-b");
    wire.say(new AlertRaised(alert, null, List.of()));
    wire.say(new AlertRaised(alert, new Id("capture-0002"), List.of()));
    wire.say(new AlertRaised(alert, new Id("capture-0002"), List.of()));

    assertThat(wire.verdicts().stream().map(AlertVerdict::full)).containsExactly(false, true, true);
    assertThat(rig.listed()).hasSize(1);
    assertThat(rig.listed().get(0).get("capture").asText()).isEqualTo("capture-0002");
  }

  @Test
  void joinedAlert_hasTheEvidenceOfTheCaptureThatItJoined() throws IOException {
    Wire wire = rig.fleet.connect(agent(1));
    Id capture = new Id("capture-0001");
    wire.say(new AlertRaised(rig.alert("rule-a"), capture, List.of()));
    wire.say(new AlertRaised(rig.alert("rule-b"), null, List.of(), capture));
    seal(capture, wire.id());

    JsonNode joined = rig.listed().get(0);
    assertThat(joined.get("rule").asText()).isEqualTo("rule-b");
    assertThat(joined.get("capture").asText()).isEqualTo("capture-0001");
    assertThat(joined.get("evidence").asText()).isEqualTo("evidence-0001");
    assertThat(joined.get("notCaptured").isNull()).isTrue();
    assertThat(rig.counters.full()).isEqualTo(1);
  }

  @Test
  void alertThatJoinedAForeignOrUnknownCapture_hasNone_andMayRequestOneLater() throws IOException {
    Wire other = rig.fleet.connect(agent(1));
    other.say(new AlertRaised(rig.alert("rule-a"), new Id("capture-0001"), List.of()));
    Wire wire = rig.fleet.connect(agent(2));
    wire.say(new AlertRaised(rig.alert("rule-b"), null, List.of(), new Id("capture-0001")));
    assertThat(rig.listed().get(0).get("capture").isNull()).isTrue();
    assertThat(rig.listed().get(0).get("notCaptured").asText()).contains("not known here");

    Alert alert = rig.alert("rule-c");
    wire.say(new AlertRaised(alert, null, List.of(), new Id("capture-0002")));
    wire.say(new AlertRaised(alert, new Id("capture-0002"), List.of()));
    assertThat(wire.verdicts().stream().map(AlertVerdict::full))
        .containsExactly(false, false, true);
    assertThat(rig.listed().get(0).get("capture").asText()).isEqualTo("capture-0002");
  }

  @Test
  void captureBegunWhileTheCollectorWasDown_getsItsAlertLater() throws IOException {
    Wire wire = rig.fleet.connect(agent(1));
    Id capture = new Id("capture-0001");
    wire.say(new CaptureProgress(capture, null, CaptureState.RUNNING, 0, 0, null));
    Alert alert = rig.alert("rule-a");
    wire.say(new AlertRaised(alert, capture, List.of()));

    assertThat(wire.verdicts().get(0).full()).isTrue();
    JsonNode seen =
        FakeRequest.get("/api/v1/captures/{id}").at("id", capture).json(rig.fleet.captureRoutes);
    assertThat(seen.get("state").asText()).isEqualTo("running");
    assertThat(seen.get("alert").asText()).isEqualTo(alert.id().value());
    assertThat(seen.get("reason").asText()).isEqualTo(alert.title());
  }

  @Test
  void sealedCapture_showsItsEvidenceInTheAlert() throws IOException {
    Wire wire = rig.fleet.connect(agent(1));
    Id capture = new Id("capture-0001");
    wire.say(new AlertRaised(rig.alert("rule-a"), capture, List.of()));
    assertThat(rig.listed().get(0).get("evidence").isNull()).isTrue();
    seal(capture, wire.id());

    assertThat(rig.listed().get(0).get("capture").asText()).isEqualTo("capture-0001");
    assertThat(rig.listed().get(0).get("evidence").asText()).isEqualTo("evidence-0001");
  }

  /** As the collector does: the evidence is in the catalog before its capture ends. */
  private void seal(Id capture, Id agent) throws IOException {
    Id evidence = new Id("evidence-0001");
    rig.fleet.database.update(
        "INSERT INTO evidence (id, sealed_at, service, agent, capture, state, record, class, bytes)"
            + " VALUES (?, 1, 'shop', ?, ?, 'sealed', '{}', 'x', 0)",
        evidence.value(),
        agent.value(),
        capture.value());
    rig.fleet.captures.sealed(
        new SealedCapture(
            capture,
            agent,
            "shop",
            evidence,
            CaptureState.SEALED,
            "why",
            null,
            time.instant(),
            null));
  }

  private AlertVerdict raise(Wire wire, String rule) {
    int before = wire.verdicts().size();
    wire.say(new AlertRaised(rig.alert(rule), Id.next(time), List.of()));
    return wire.verdicts().get(before);
  }
}
