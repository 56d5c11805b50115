package whorl.collector.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static whorl.collector.fleet.channel.FleetRig.agent;
import static whorl.collector.fleet.channel.FleetRig.event;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.http.request.FakeRequest;
import whorl.collector.store.records.AlertLedger;
import whorl.evidence.Alert;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.AgentMessage.AlertRaised;
import whorl.evidence.channel.CollectorMessage.AlertVerdict;

/** Alerts of agents: what is stored, refused, cut and listed. */
class AgentAlertsTest {
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
  void laterJournal_isAddedToItsAlert_onlyFromTheSameAgent() throws Exception {
    Wire wire = rig.fleet.connect(agent(1));
    Wire attacker = rig.fleet.connect(agent(2));
    Alert alert = rig.alert("process-started");
    wire.say(new AlertRaised(alert, null, List.of(event(3))));

    attacker.say(new AgentMessage.AlertJournal(alert.id(), List.of(event(7), event(8))));
    assertThat(journal(alert)).hasSize(1);
    wire.say(new AgentMessage.AlertJournal(alert.id(), List.of(event(1), event(2))));
    assertThat(sequences(alert)).as("with the earlier events").containsExactly(1L, 2L, 3L);
    wire.say(new AgentMessage.AlertJournal(alert.id(), events(1, 40)));
    assertThat(journal(alert)).hasSize(40);
    wire.say(new AgentMessage.AlertJournal(alert.id(), events(50, 200)));
    assertThat(journal(alert)).as("nothing is added to a complete journal").hasSize(40);
    wire.say(new AgentMessage.AlertJournal(new Id("of-nobody"), List.of(event(1))));

    assertThat(rig.listed().get(0).get("journalEvents").asInt()).isEqualTo(40);
    assertThat(wire.verdicts()).hasSize(1);
  }

  /** A clock that is far off, or an intruder, must not hide what was raised. */
  @Test
  void alertOfATimeThatNoListHas_isKept() throws Exception {
    Wire wire = rig.fleet.connect(agent(1));
    Alert alert = rig.alert("process-started");
    wire.say(
        new AlertRaised(
            new Alert(
                alert.id(),
                alert.source(),
                Instant.parse("+300000000-01-01T00:00:00Z"),
                alert.rule(),
                alert.level(),
                alert.title(),
                alert.description(),
                alert.tags(),
                alert.fields(),
                alert.thread(),
                alert.stack()),
            null,
            List.of(event(1))));

    assertThat(rig.listed()).hasSize(1);
    assertThat(rig.listed().get(0).get("time").asText()).startsWith("2262-");
  }

  private static List<EventLine> events(int first, int last) {
    List<EventLine> events = new ArrayList<>();
    for (int i = first; i <= last; i++) {
      events.add(event(i));
    }
    return events;
  }

  private List<Long> sequences(Alert alert) throws IOException {
    List<Long> sequences = new ArrayList<>();
    journal(alert).forEach(line -> sequences.add(line.get("sequence").asLong()));
    return sequences;
  }

  private JsonNode journal(Alert alert) throws IOException {
    return FakeRequest.get("/api/v1/alerts/{id}")
        .at("id", alert.id().value())
        .json(rig.routes)
        .get("journal");
  }

  /** An attacker with an agent's token can connect under any number of agent ids. */
  @Test
  void attackersBehindOneAddress_leaveRoomForAlertsOfOthers() throws IOException {
    int alerts = 60;
    Path place = Files.createDirectory(folder.resolve("small"));
    try (AlertRig small = new AlertRig(place, time, 100_000, 4 * alerts)) {
      for (int i = 0; i < 100; i++) {
        Wire attacker = small.fleet.dial(agent(1_000 + i));
        attacker.peer.address = "203.0.113.9";
        attacker.hello();
        attacker.say(new AlertRaised(small.alert("noise-" + i), null, List.of()));
        assertThat(attacker.verdicts()).hasSize(1);
      }
      assertThat(small.listed()).hasSize(alerts);
      assertThat(small.counters.withoutRoom()).isEqualTo(40);

      Wire other = small.fleet.connect(agent(1));
      Id capture = new Id("capture-of-another");
      other.say(new AlertRaised(small.alert("process-started"), capture, List.of()));
      assertThat(other.verdicts()).hasSize(1).allMatch(AlertVerdict::full);
      assertThat(small.listed()).hasSize(alerts + 1);
    }
  }

  @Test
  void alertRaisedAgainAfterALostConnection_isStoredOnce_withTheSameVerdict() throws IOException {
    Wire wire = rig.fleet.connect(agent(1));
    AlertRaised raised =
        new AlertRaised(rig.alert("rule-a"), new Id("capture-0001"), List.of(event(1)));
    wire.say(raised);
    Wire back = rig.fleet.connect(agent(1));
    back.say(raised);

    assertThat(back.verdicts()).isEqualTo(wire.verdicts());
    assertThat(rig.listed()).hasSize(1);
    assertThat(rig.counters.repeated()).isEqualTo(1);

    Wire thief = rig.fleet.connect(agent(2));
    thief.say(raised);
    assertThat(thief.verdicts().get(0).full()).isFalse();
    thief.say(new AlertRaised(rig.alert("rule-x"), new Id("capture-0001"), List.of()));
    assertThat(thief.verdicts().get(1).reason()).contains("another agent's");
  }

  @Test
  void lostAgent_isListedAsAlert_withItsLastEvents() throws IOException {
    Wire wire = rig.fleet.connect(agent(1));
    wire.say(new AgentMessage.Journal(List.of(event(1), event(2))));
    wire.listener.closed();
    time.pass(Duration.ofSeconds(90));
    rig.fleet.tick();

    JsonNode alert = rig.listed().get(0);
    assertThat(alert.get("rule").asText()).isEqualTo("collector.agent-silent");
    assertThat(alert.get("level").asText()).isEqualTo("high");
    assertThat(alert.get("agent").asText()).isEqualTo(wire.id().value());
    assertThat(rig.ledger.journal(new Id(alert.get("id").asText()))).hasSize(2);
    assertThat(rig.counters.ofSilence()).isEqualTo(1);
  }

  @Test
  void hostileAlert_isCut_andCannotClaimAnotherSource() throws IOException {
    Wire wire = rig.fleet.connect(agent(1));
    String endless = "\u001b[2J<script>".repeat(20_000);
    List<EventLine> journal = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      journal.add(event(i));
    }
    wire.say(
        new AlertRaised(
            new Alert(
                Id.next(time),
                "falco",
                time.instant(),
                endless.substring(0, 5_000),
                whorl.evidence.Level.LOW,
                endless,
                endless,
                List.of(endless),
                Map.of("field", endless, "nested", Map.of("a", List.of(1, 2))),
                endless,
                List.of(endless)),
            null,
            List.of()));
    assertThat(wire.peer.closeCode()).isEqualTo(1009);

    Wire again = rig.fleet.connect(agent(1));
    again.say(
        new AlertRaised(
            new Alert(
                Id.next(time),
                "falco",
                time.instant(),
                endless.substring(0, 5_000),
                whorl.evidence.Level.LOW,
                endless.substring(0, 50_000),
                null,
                List.of(),
                Map.of("field", endless.substring(0, 50_000), "nested", Map.of("a", 1)),
                null,
                List.of()),
            null,
            journal));
    JsonNode kept = rig.listed().get(0);
    assertThat(kept.get("source").asText()).isEqualTo("whorl");
    assertThat(kept.get("rule").asText()).hasSize(256);
    assertThat(kept.get("title").asText()).hasSize(1_000);
    assertThat(kept.get("fields").get("field").asText()).hasSize(4_000);
    assertThat(kept.get("fields").get("nested").asText()).isEqualTo("{a=1}");
    assertThat(kept.get("journalEvents").asInt()).isEqualTo(500);
    assertThat(rig.counters.trimmedEvents()).isEqualTo(500);
  }

  @Test
  void floodOfOneAgent_isCountedAndRefused() throws IOException {
    Wire wire = rig.fleet.connect(agent(1));
    for (int i = 0; i < 603; i++) {
      wire.say(new AlertRaised(rig.alert("rule-a"), null, List.of()));
    }
    assertThat(wire.verdicts()).hasSize(603);
    assertThat(rig.ledger.count()).isEqualTo(600);
    assertThat(rig.fleet.counters.droppedAlerts()).isEqualTo(3);
    time.pass(Duration.ofSeconds(61));
    wire.say(new AlertRaised(rig.alert("rule-a"), null, List.of()));
    assertThat(rig.ledger.count()).isEqualTo(601);
  }

  @Test
  void tooManyAlerts_refuseNewOnes_untilTheStoredOnesAreADayOld() throws IOException {
    rig.close();
    rig = new AlertRig(folder, time, 20);
    Wire wire = rig.fleet.connect(agent(1));
    for (int i = 0; i < 50; i++) {
      wire.say(new AlertRaised(rig.alert("rule-" + i), null, List.of()));
    }
    assertThat(rig.ledger.count()).isEqualTo(20);
    assertThat(rig.ledger.refused()).isEqualTo(30);
    assertThat(rig.ledger.evicted()).isZero();
    assertThat(rig.listed().get(0).get("rule").asText()).isEqualTo("rule-19");

    time.pass(AlertLedger.PROTECTED.plusSeconds(1));
    wire = rig.fleet.connect(agent(1));
    wire.say(new AlertRaised(rig.alert("rule-50"), null, List.of()));

    assertThat(rig.ledger.evicted()).isEqualTo(2);
    assertThat(rig.listed().get(0).get("rule").asText()).isEqualTo("rule-50");
  }

  @Test
  void restart_keepsAlerts_andTheirVerdicts() throws IOException {
    Wire wire = rig.fleet.connect(agent(1));
    AlertRaised raised =
        new AlertRaised(rig.alert("rule-a"), new Id("capture-0001"), List.of(event(1)));
    wire.say(raised);
    rig.close();
    rig = new AlertRig(folder, time);

    assertThat(rig.listed()).hasSize(1);
    Wire back = rig.fleet.connect(agent(1));
    back.say(raised);
    assertThat(back.verdicts().get(0).full()).isTrue();
    assertThat(rig.listed()).hasSize(1);
    assertThat(rig.listed().get(0).get("capture").asText()).isEqualTo("capture-0001");
  }

  @Test
  void list_isNewestFirst_filtered_andFollowsItsCursor() throws IOException {
    Wire shop = rig.fleet.connect(agent(1));
    Wire cart = rig.fleet.connect(agent(2, "cart", "prod"));
    for (int i = 0; i < 5; i++) {
      raise(shop, "rule-" + i);
      raise(cart, "rule-" + i);
    }
    List<String> rules = new ArrayList<>();
    String cursor = null;
    do {
      FakeRequest request =
          FakeRequest.get("/api/v1/alerts").query("service", "cart").query("limit", 2);
      if (cursor != null) {
        request.query("cursor", cursor);
      }
      JsonNode page = request.json(rig.routes);
      page.get("alerts").forEach(alert -> rules.add(alert.get("rule").asText()));
      cursor = page.has("next") ? page.get("next").asText() : null;
    } while (cursor != null);
    assertThat(rules).containsExactly("rule-4", "rule-3", "rule-2", "rule-1", "rule-0");
    assertThat(
            FakeRequest.get("/api/v1/alerts")
                .query("rule", "rule-1")
                .query("level", "high")
                .query("source", "whorl")
                .json(rig.routes)
                .get("alerts"))
        .hasSize(2);
    assertThatThrownBy(
            () -> FakeRequest.get("/api/v1/alerts").query("level", "loud").to(rig.routes))
        .hasMessageContaining("not a level");
  }

  private AlertVerdict raise(Wire wire, String rule) {
    int before = wire.verdicts().size();
    wire.say(new AlertRaised(rig.alert(rule), Id.next(time), List.of()));
    return wire.verdicts().get(before);
  }
}
