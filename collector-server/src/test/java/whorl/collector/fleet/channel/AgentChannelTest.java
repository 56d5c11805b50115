package whorl.collector.fleet.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.collector.fleet.channel.FleetRig.agent;
import static whorl.collector.fleet.channel.FleetRig.event;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.http.request.FakeRequest;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Level;
import whorl.evidence.channel.AgentMessage;

/** Messages on a channel that is open. */
class AgentChannelTest {
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

  /** Else code in the JVM could take the agent, and what it sent, out of sight of its team. */
  @Test
  void agentThatNamesAnotherPlaceLater_staysInItsFirst() throws IOException {
    AgentIdentity first = agent(1);
    rig.connect(first);

    rig.connect(agent(1, "cart", "elsewhere"));

    AgentIdentity now = rig.fleet.agent(first.id()).identity();
    assertThat(now.service()).isEqualTo("shop");
    assertThat(now.namespace()).isEqualTo("prod");
    assertThat(now.labels()).isEqualTo(first.labels());
    assertThat(now.pod()).as("what lists are not of").startsWith("cart-");
    assertThat(rig.counters.otherPlaces()).isEqualTo(1);
    rig.connect(agent(1));
    assertThat(rig.counters.otherPlaces()).as("it says what it said at first").isEqualTo(1);
  }

  @Test
  void peer_isAccepted_whenItsHelloIs() {
    assertThat(rig.dial(agent(1)).peer.isAccepted()).isFalse();
    assertThat(rig.connect(agent(2)).peer.isAccepted()).isTrue();
  }

  @Test
  void heartbeats_thatWaitForTheCollector_areNotMissed() throws IOException {
    Wire wire = rig.connect(agent(1));
    wire.peer.waits(true);
    time.pass(Duration.ofSeconds(60));
    rig.channel.closeExpired();
    assertThat(wire.peer.closeCode()).isZero();

    wire.peer.waits(false);
    rig.channel.closeExpired();
    assertThat(wire.peer.closeCode()).isEqualTo(4002);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{",
        "\u0000",
        "{\"type\":null}",
        "{\"no\":\"type\"}",
        "{\"type\":\"journal\",\"events\":[null]}",
        "{\"type\":\"journal\",\"events\":[{\"sequence\":-1,\"time\":\"2026-11-24T10:00:00Z\",\"type\":\"x\"}]}",
        "{\"type\":\"journal\",\"events\":[{\"sequence\":1,\"time\":\"yesterday\",\"type\":\"x\"}]}",
        "{\"type\":\"alert\"}",
        "{\"type\":\"alert\",\"alert\":{\"id\":\"../../etc\"}}",
        "{\"type\":\"capture-progress\",\"capture\":\"12345678\",\"state\":\"exploded\"}",
        "{\"type\":\"status\",\"losses\":{\"x\":\"y\"}}",
        "{\"type\":\"status\",\"losses\":{},\"costs\":{\"cpuSeconds\":\"many\"}}",
        "{\"type\":\"status\",\"losses\":{},\"costs\":[1]}",
        "{\"type\":\"hello\",\"identity\":{\"id\":\"agent-00000001\",\"service\":\"again\"}}"
      })
  void malformedMessage_closesOnlyItsConnection(String message) throws IOException {
    Wire other = rig.connect(agent(1));
    Wire wire = rig.connect(agent(2));
    wire.listener.text(message);

    assertThat(wire.peer.closeCode()).isIn(1007, 1008);
    assertThat(wire.peer.closeReason()).isNotBlank();
    assertThat(rig.counters.malformedMessages()).isEqualTo(1);
    wire.listener.closed();
    assertThat(other.peer.closeCode()).isZero();
    assertThat(rig.fleet.isConnected(other.id())).isTrue();
    assertThat(rig.fleet.isConnected(wire.id())).isFalse();
  }

  @Test
  void tooLongMessage_andTooManyEvents_areClosed() {
    Wire wire = rig.connect(agent(1));
    wire.listener.text(" ".repeat((1 << 20) + 1));
    assertThat(wire.peer.closeCode()).isEqualTo(1009);

    Wire second = rig.connect(agent(2));
    List<EventLine> events = new ArrayList<>();
    for (int i = 0; i < 5_001; i++) {
      events.add(new EventLine(i, time.instant(), "x", Map.of(), null, List.of()));
    }
    second.say(new AgentMessage.Journal(events));
    assertThat(second.peer.closeCode()).isEqualTo(1008);

    Wire third = rig.dial(agent(3));
    third.say(new AgentMessage.Hello(agent(3, "s".repeat(2_000), "prod"), null, Map.of()));
    assertThat(third.peer.closeCode()).isEqualTo(1008);
  }

  @Test
  void unknownTypesAndFields_areIgnoredAndCounted() {
    Wire wire = rig.connect(agent(1));
    wire.listener.text("{\"type\":\"telepathy\",\"thought\":{\"deep\":[1,2]}}");
    wire.listener.text("{\"type\":\"status\",\"losses\":{\"ring\":3},\"mood\":{\"a\":1},\"x\":2}");

    assertThat(wire.peer.closeCode()).isZero();
    assertThat(rig.counters.passedOverMessages()).isEqualTo(1);
    assertThat(rig.counters.passedOverFields()).isEqualTo(2);
  }

  @Test
  void status_updatesLossesAndCapabilities() throws IOException {
    Wire wire = rig.connect(agent(1));
    wire.say(new AgentMessage.Status(Map.of("ring", 7L), Map.of("jfr", "no room"), null));
    wire.say(new AgentMessage.Status(Map.of("ring", 9L), null, null));

    JsonNode listed = FakeRequest.get("/api/v1/agents").json(rig.agentRoutes).get("agents").get(0);
    assertThat(listed.get("losses").get("ring").asInt()).isEqualTo(9);
    assertThat(listed.get("capabilities").get("jfr").asText()).isEqualTo("no room");
  }

  @Test
  void status_fromOlderAgent_hasNoCosts() throws IOException {
    Wire wire = rig.connect(agent(1));
    wire.listener.text("{\"type\":\"status\",\"losses\":{\"ring\":3}}");

    assertThat(wire.peer.closeCode()).isZero();
    JsonNode listed = FakeRequest.get("/api/v1/agents").json(rig.agentRoutes).get("agents").get(0);
    assertThat(listed.get("costs").isNull()).isTrue();
    assertThat(rig.counters.passedOverFields()).isZero();
  }

  @Test
  void secondConnectionOfAnAgent_replacesTheFirst() throws IOException {
    Wire old = rig.connect(agent(1));
    Wire newer = rig.connect(agent(1));

    assertThat(old.peer.closeCode()).isEqualTo(4001);
    assertThat(newer.peer.closeCode()).isZero();
    old.listener.closed();
    assertThat(rig.fleet.isConnected(newer.id())).isTrue();
    assertThat(rig.counters.replacedConnections()).isEqualTo(1);
  }

  @Test
  void threeMissedHeartbeats_closeTheChannel_andLastSeenStays() throws IOException {
    Wire silent = rig.connect(agent(1));
    Wire alive = rig.connect(agent(2));
    time.pass(Duration.ofSeconds(20));
    alive.say(new AgentMessage.Status(Map.of(), null, null));
    time.pass(Duration.ofSeconds(11));
    rig.channel.closeExpired();

    assertThat(silent.peer.closeCode()).isEqualTo(4002);
    assertThat(alive.peer.closeCode()).isZero();
    JsonNode agents = FakeRequest.get("/api/v1/agents").json(rig.agentRoutes).get("agents");
    assertThat(agents.get(0).get("connected").asBoolean()).isFalse();
    assertThat(agents.get(0).get("lastSeen").asText()).isEqualTo(ManualTime.START.toString());
    assertThat(agents.get(1).get("connected").asBoolean()).isTrue();
  }

  @Test
  void journal_isReadInOrder_withoutDuplicates() throws IOException {
    Wire wire = rig.connect(agent(1));
    wire.say(new AgentMessage.Journal(List.of(event(0), event(1), event(2))));
    wire.say(new AgentMessage.Journal(List.of(event(2), event(3))));

    JsonNode page =
        FakeRequest.get("/api/v1/agents/{id}/journal")
            .at("id", wire.id())
            .query("since", 0)
            .query("limit", 2)
            .json(rig.agentRoutes);
    assertThat(page.get("events")).hasSize(2);
    assertThat(page.get("next").asLong()).isEqualTo(2);
    JsonNode rest =
        FakeRequest.get("/api/v1/agents/{id}/journal")
            .at("id", wire.id())
            .query("since", 2)
            .json(rig.agentRoutes);
    assertThat(rest.get("events")).hasSize(1);
    assertThat(Json.LENIENT.treeToValue(rest.get("events").get(0), EventLine.class))
        .isEqualTo(event(3));
    assertThat(rest.has("next")).isFalse();
    String lines =
        FakeRequest.text(
            FakeRequest.get("/api/v1/agents/{id}/journal")
                .at("id", wire.id())
                .query("format", "ndjson")
                .to(rig.agentRoutes));
    assertThat(lines.lines()).hasSize(4);
  }

  @Test
  void journalOfAKilledAgent_survivesARestart() throws IOException {
    Wire wire = rig.connect(agent(1));
    wire.say(
        new AgentMessage.AlertRaised(
            new Alert(
                Id.next(time),
                "whorl",
                time.instant(),
                "rule-1",
                Level.HIGH,
                "title",
                null,
                List.of(),
                Map.of(),
                null,
                List.of()),
            null,
            List.of(event(5), event(6))));
    wire.listener.closed();
    rig.close();
    rig = new FleetRig(folder, time);

    JsonNode page =
        FakeRequest.get("/api/v1/agents/{id}/journal").at("id", wire.id()).json(rig.agentRoutes);
    assertThat(page.get("events")).hasSize(2);
  }

  @Test
  void storeFailure_closesWithTryAgainLater() {
    rig.sink =
        (agent, raised) -> {
          throw new IOException("no space left on device");
        };
    Wire wire = rig.connect(agent(1));
    wire.say(
        new AgentMessage.AlertRaised(
            new Alert(
                Id.next(time),
                "whorl",
                time.instant(),
                "rule-1",
                Level.HIGH,
                "title",
                null,
                List.of(),
                Map.of(),
                null,
                List.of()),
            null,
            List.of()));

    assertThat(wire.peer.closeCode()).isEqualTo(1013);
    assertThat(rig.counters.storeFailures()).isEqualTo(1);
  }

  @Test
  void tenThousandChannels_heartbeatsAreCheap() throws IOException {
    List<Wire> wires = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      if (i % Fleet.MAX_ENROLLED_A_MINUTE == 0) {
        time.pass(Duration.ofSeconds(61));
      }
      wires.add(rig.connect(agent(i)));
    }
    String heartbeat = Json.text(new AgentMessage.Status(Map.of("ring", 0L), null, null));
    long start = System.nanoTime();
    for (int round = 0; round < 3; round++) {
      time.pass(Duration.ofSeconds(10));
      for (Wire wire : wires) {
        wire.listener.text(heartbeat);
      }
      rig.channel.closeExpired();
      rig.captures.checkTimeouts();
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    rig.fleet.save();

    assertThat(rig.fleet.connectedAgents()).isEqualTo(10_000);
    assertThat(took).isLessThan(Duration.ofSeconds(5));
  }
}
