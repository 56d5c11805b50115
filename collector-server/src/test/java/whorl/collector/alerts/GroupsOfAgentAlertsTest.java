package whorl.collector.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.collector.fleet.channel.FleetRig.agent;
import static whorl.collector.fleet.channel.FleetRig.event;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.http.request.FakeRequest;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Level;
import whorl.evidence.channel.AgentMessage.AlertRaised;

/** Alerts of agents in groups, also across restarts and collectors. */
class GroupsOfAgentAlertsTest {
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
  void alertsOfOneGroup_areListedAsOneGrowingAlert_andStoredSeparately() throws IOException {
    Wire wire = rig.fleet.connect(agent(1));
    Alert first = rig.alert("rule-a", "r1");
    Alert other = rig.alert("rule-b", "r1");
    Id capture = new Id("capture-0001");
    wire.say(new AlertRaised(first, null, List.of(event(1))));
    wire.say(new AlertRaised(other, capture, List.of(event(2))));
    time.pass(Duration.ofSeconds(2));
    wire.say(new AlertRaised(rig.alert("rule-b", "r1"), null, List.of()));

    assertThat(wire.verdicts()).hasSize(3);
    JsonNode listed = rig.listed();
    assertThat(listed).hasSize(1);
    JsonNode deed = listed.get(0);
    assertThat(deed.path("id").asText()).isEqualTo(first.id().value());
    assertThat(deed.path("count").asInt()).isEqualTo(3);
    assertThat(deed.path("lastSeen").asText()).isEqualTo(time.instant().toString());
    assertThat(deed.path("capture").asText()).isEqualTo(capture.value());
    assertThat(deed.path("also")).hasSize(1);
    assertThat(deed.path("also").get(0).path("alert").asText()).isEqualTo(other.id().value());
    assertThat(deed.path("also").get(0).path("count").asInt()).isEqualTo(2);
    JsonNode part = FakeRequest.get("/api/v1/alerts/{id}").at("id", other.id()).json(rig.routes);
    assertThat(part.path("partOf").asText()).isEqualTo(first.id().value());
    assertThat(part.path("journal")).hasSize(1);
    assertThat(
            FakeRequest.get("/api/v1/alerts")
                .query("rule", "rule-b")
                .json(rig.routes)
                .get("alerts"))
        .hasSize(2);
  }

  /** Many alerts of one rule do not evict an alert of another rule. */
  @Test
  void alertOfAnotherRule_afterManyOfOneGroup_isStored() throws IOException {
    Wire wire = rig.fleet.connect(agent(1));
    for (int i = 0; i < 300; i++) {
      wire.say(new AlertRaised(rig.alert("noise", "r1"), null, List.of()));
    }
    Alert telling = rig.alert("telling", "r1");
    wire.say(new AlertRaised(telling, null, List.of(event(1))));

    assertThat(rig.listed().get(0).path("count").asInt()).isEqualTo(301);
    JsonNode kept = FakeRequest.get("/api/v1/alerts/{id}").at("id", telling.id()).json(rig.routes);
    assertThat(kept.path("journal")).hasSize(1);
  }

  /**
   * More than two hundred alerts of a group are only counted, so that one group does not fill the
   * store.
   */
  @Test
  void manyAlertsOfOneGroup_areCounted() throws IOException {
    Wire wire = rig.fleet.connect(agent(1));
    for (int i = 0; i < 500; i++) {
      wire.say(new AlertRaised(rig.alert("rule-" + i, "r1"), null, List.of()));
    }

    assertThat(wire.verdicts()).hasSize(500);
    assertThat(rig.listed()).hasSize(1);
    assertThat(rig.listed().get(0).path("count").asInt()).isEqualTo(500);
    assertThat(rig.listed().get(0).path("also")).hasSize(50);
    assertThat(rig.ledger.count()).isEqualTo(200);
  }

  /** As when the agent changes its collector in the middle of an attack. */
  @Test
  void restart_keepsTheGroup() throws IOException {
    Wire wire = rig.fleet.connect(agent(1));
    Alert first = rig.alert("rule-a", "r1");
    wire.say(new AlertRaised(first, null, List.of(event(1))));
    wire.say(new AlertRaised(rig.alert("rule-b", "r1"), null, List.of(event(2))));
    rig.close();
    time.pass(Duration.ofMinutes(5));
    rig = new AlertRig(folder, time);

    Wire back = rig.fleet.connect(agent(1));
    back.say(new AlertRaised(rig.alert("rule-c", "r1"), null, List.of(event(3))));
    Wire other = rig.fleet.connect(agent(2));
    other.say(new AlertRaised(rig.alert("rule-c", "r1"), null, List.of(event(3))));

    assertThat(rig.listed()).hasSize(2);
    assertThat(rig.ledger.find(first.id()).deed().count()).isEqualTo(3);
  }

  /** What is in the first collector's memory is not all that has happened. */
  @Test
  void agentThatGoesToAnotherCollector_andComesBack_hasOneGroupForEachAttack() throws IOException {
    Id id = agent(1).id();
    Wire wire = rig.fleet.connect(agent(1));
    wire.say(new AlertRaised(rig.alert("rule-a", "r1"), null, List.of(event(1))));
    Alert worse = worse(rig.alert("rule-b", "r1"));
    try (AlertRig other = new AlertRig(folder, time)) {
      other.fleet.sink.connected(id);
      Wire there = other.fleet.connect(agent(1));
      there.say(new AlertRaised(worse, null, List.of(event(2))));
    }

    rig.fleet.sink.connected(id);
    wire.say(new AlertRaised(rig.alert("rule-c", "r1"), null, List.of(event(3))));
    wire.say(new AlertRaised(worse(rig.alert("rule-d", "r1")), null, List.of(event(4))));

    assertThat(rig.listed()).hasSize(2);
    assertThat(rig.ledger.find(worse.id()).deed().count()).isEqualTo(3);
  }

  @Test
  void groupThatWentOnAtAnotherCollector_hasNotEndedHere() throws IOException {
    Id id = agent(1).id();
    Wire wire = rig.fleet.connect(agent(1));
    Alert first = withoutRequest(rig.alert("rule-a"));
    wire.say(new AlertRaised(first, null, List.of(event(1))));
    time.pass(Duration.ofSeconds(50));
    try (AlertRig other = new AlertRig(folder, time)) {
      Wire there = other.fleet.connect(agent(1));
      there.say(new AlertRaised(withoutRequest(rig.alert("rule-a")), null, List.of(event(2))));
    }
    time.pass(Duration.ofSeconds(50));

    rig.fleet.sink.connected(id);
    wire.say(new AlertRaised(withoutRequest(rig.alert("rule-a")), null, List.of(event(3))));

    assertThat(rig.listed()).hasSize(1);
    assertThat(rig.ledger.find(first.id()).deed().count()).isEqualTo(3);
  }

  /** A repetition that another rule found first leads to the group, too. */
  @Test
  void restoredGroup_isFoundByRepetitionsOfItsLaterAlerts() throws IOException {
    Id id = agent(1).id();
    Wire wire = rig.fleet.connect(agent(1));
    Alert first = ofClient(rig.alert("rule-a", "r1"));
    wire.say(new AlertRaised(first, null, List.of(event(1))));
    wire.say(new AlertRaised(ofClient(rig.alert("rule-b", "r1")), null, List.of(event(2))));

    rig.fleet.sink.connected(id);
    wire.say(new AlertRaised(ofClient(rig.alert("rule-b", "r2")), null, List.of(event(3))));

    assertThat(rig.listed()).hasSize(1);
    assertThat(rig.ledger.find(first.id()).deed().count()).isEqualTo(3);
  }

  private static Alert worse(Alert alert) {
    return changed(alert, Level.CRITICAL, alert.fields());
  }

  private static Alert withoutRequest(Alert alert) {
    return changed(alert, alert.level(), Map.of("command", "/bin/sh"));
  }

  private static Alert ofClient(Alert alert) {
    Map<String, Object> fields = new HashMap<>(alert.fields());
    fields.put("request.path", "/login");
    fields.put("request.remoteAddress", "192.0.2.7");
    return changed(alert, alert.level(), fields);
  }

  private static Alert changed(Alert alert, Level level, Map<String, Object> fields) {
    return new Alert(
        alert.id(),
        alert.source(),
        alert.time(),
        alert.rule(),
        level,
        alert.title(),
        null,
        alert.tags(),
        fields,
        alert.thread(),
        alert.stack());
  }
}
