package whorl.collector.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.collector.fleet.channel.FleetRig.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.store.access.Scope;
import whorl.collector.store.records.AlertLedger;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.AlertRaised;

/** What somebody who may only send alerts cannot take from agents and people. */
class AlertsFromOutsideTest {
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

  /** Whoever sends alerts can name any rule, and as many repetitions as they like. */
  @Test
  void rulesNamedLikeTheAgents_takeNoneOfTheirCaptures() throws IOException {
    Wire wire = rig.fleet.connect(agent(1));
    for (String fingerprint : List.of("a", "b", "c", "d")) {
      rig.post("alertmanager", firing("jvm.process", fingerprint));
    }
    assertThat(wire.captureRequests()).as("three, by storm control").hasSize(3);

    wire.say(new AlertRaised(rig.alert("jvm.process"), new Id("capture-own"), List.of()));

    assertThat(wire.verdicts())
        .singleElement()
        .satisfies(verdict -> assertThat(verdict.full()).as("%s", verdict.reason()).isTrue());
  }

  @Test
  void floodOfOtherRules_leavesRoomForTheAgentsOwnCaptures() throws IOException {
    Wire wire = rig.fleet.connect(agent(1));
    JsonNode last = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < 40; i++) {
      last = rig.posted("generic", generic("rule-" + i));
    }
    assertThat(wire.captureRequests()).hasSize(4);
    assertThat(last.get("notCaptured").asText()).contains("too many captures open");

    for (int i = 0; i < 10; i++) {
      wire.say(new AlertRaised(rig.alert("own-" + i), new Id("capture-own-" + i), List.of()));
    }

    assertThat(wire.verdicts()).hasSize(10).allSatisfy(each -> assertThat(each.full()).isTrue());
  }

  @Test
  void alertsThatMatchTooManyJvms_areKept_andStartNoCaptures() throws IOException {
    rig.close();
    rig = new AlertRig(folder, time, 1_000, Alerts.MAX_KIBIBYTES_A_DAY, 10);
    for (int i = 1; i <= 12; i++) {
      rig.fleet.connect(agent(i));
    }
    String all = "{\"rule\":\"x-%d\",\"target\":{\"service\":\"shop\"}}";

    assertThat(rig.posted("generic", all.formatted(1)).get("captures")).hasSize(3);
    JsonNode second = rig.posted("generic", all.formatted(2));
    assertThat(second.get("captures")).isEmpty();
    assertThat(second.get("notCaptured").asText()).contains("too many JVMs within a minute");
    assertThat(rig.listed()).hasSize(2);

    time.pass(Duration.ofMinutes(1).plusSeconds(1));
    assertThat(rig.posted("generic", all.formatted(3)).get("captures")).hasSize(3);
  }

  /** An index of PostgreSQL would not take them. */
  @Test
  void namesOfPlaces_areCut() throws IOException {
    String name = "s".repeat(10_000);
    rig.post(
        "generic",
        "{\"rule\":\"x\",\"target\":{\"service\":\"%s\",\"namespace\":\"%s\"}}"
            .formatted(name, name));

    assertThat(
            rig.ledger
                .page(Scope.EVERYTHING, new AlertLedger.Filter(null, null, null, null), null, 10)
                .items())
        .singleElement()
        .satisfies(
            alert -> {
              assertThat(alert.service()).hasSize(256);
              assertThat(alert.namespace()).hasSize(256);
            });
  }

  @Test
  void fieldsOfAnObject_areReadUpToALimit() {
    ObjectNode many = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < 5_000; i++) {
      many.put("label-" + i, "v");
    }
    assertThat(Fields.allFields(many)).hasSize(1_000);
  }

  /** The event of another program may have a status of its own. */
  @Test
  void firingEventWithTheStatusResolved_staysOpen() throws IOException {
    rig.fleet.connect(agent(1));
    rig.post(
        "generic",
        "{\"rule\":\"dns\",\"target\":{\"agent\":\"agent-00000001\"},"
            + "\"fields\":{\"status\":\"resolved\"}}");

    assertThat(rig.groups()).hasSize(1);
    assertThat(rig.groups().get(0).get("state").asText()).isEqualTo("open");
  }

  private static String generic(String rule) {
    return "{\"rule\":\"" + rule + "\",\"target\":{\"agent\":\"agent-00000001\"}}";
  }

  private static String firing(String rule, String fingerprint) {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("version", "4");
    ObjectNode alert = body.putArray("alerts").addObject();
    alert.put("status", "firing").put("fingerprint", fingerprint);
    alert.putObject("labels").put("alertname", rule).put("service", "shop");
    return body.toString();
  }
}
