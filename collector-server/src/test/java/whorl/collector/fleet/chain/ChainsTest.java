package whorl.collector.fleet.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.http.request.FakeRequest;
import whorl.collector.store.chain.ChainSummary;
import whorl.evidence.Alert;
import whorl.evidence.ChainHead;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Level;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.ChainLink;
import whorl.evidence.channel.CollectorMessage;

/** The chain of an agent that nobody forges: what is missing, dropped or implausible in it. */
class ChainsTest {
  @TempDir Path folder;
  private final ManualTime time = new ManualTime();
  private final SigningKey key = Objects.requireNonNull(SigningKey.generate());
  private FleetRig rig;

  @BeforeEach
  void open() throws IOException {
    rig = new FleetRig(folder, time);
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
  }

  private ChainSummary chain(ChainedAgent agent) throws IOException {
    return Objects.requireNonNull(rig.fleet.agent(agent.id())).chain();
  }

  private List<String> rules() throws IOException {
    rig.chains.raiseAlerts();
    return rig.chainAlerts.stream().map(Alert::rule).toList();
  }

  private String found(ChainedAgent agent) throws IOException {
    return String.valueOf(chain(agent).last());
  }

  @Test
  void messagesInOrder_areOk_andConfirmedByTheHeartbeat() throws IOException {
    ChainedAgent agent = new ChainedAgent(1, key).connect(rig);
    agent.journal(3);
    agent.heartbeat();
    agent.journal(1);

    assertThat(chain(agent).state()).isEqualTo("ok");
    assertThat(chain(agent).sequence()).isEqualTo(4);
    assertThat(chain(agent).confirmed()).isEqualTo(3);
    assertThat(rules()).isEmpty();
    JsonNode shown =
        FakeRequest.get("/api/v1/agents").json(rig.agentRoutes).get("agents").get(0).get("chain");
    assertThat(shown.get("state").asText()).isEqualTo("ok");
    assertThat(shown.get("confirmed").asLong()).isEqualTo(3);
    assertThat(rig.chainCounters.links()).isEqualTo(4);
  }

  @Test
  void alertThatCannotBeStored_keepsBackNoOther_andIsRaisedLater() throws IOException {
    List<Alert> stored = new ArrayList<>();
    AtomicBoolean failing = new AtomicBoolean(true);
    Chains chains =
        new Chains(
            rig.chainLedger,
            rig.journals::newest,
            (alert, agent, journal) -> {
              if (failing.get() && FleetRig.agent(1).equals(agent)) {
                throw new IllegalStateException("a strange value");
              }
              stored.add(alert);
            },
            time,
            time,
            new ChainCounters());
    chains.refused(FleetRig.agent(1), "it has no key", "192.0.2.1");
    chains.refused(FleetRig.agent(2), "it has no key", "192.0.2.1");

    assertThatThrownBy(chains::raiseAlerts).hasMessageEndingWith("a strange value");
    assertThat(stored).extracting(alert -> alert.fields().get("agent")).containsExactly(id(2));

    failing.set(false);
    chains.raiseAlerts();
    assertThat(stored)
        .extracting(alert -> alert.fields().get("agent"))
        .containsExactly(id(2), id(1));
  }

  private static String id(int agent) {
    return FleetRig.agent(agent).id().value();
  }

  @Test
  void agentWithoutAChain_isShownWithout_andNothingIsExpectedOfIt() throws IOException {
    Wire wire = rig.connect(FleetRig.agent(1), key);
    wire.say(new AgentMessage.Journal(List.of(FleetRig.event(1))));
    wire.say(new AgentMessage.Status(Map.of(), null, null));
    wire.say(new AgentMessage.Goodbye("the JVM ends"));

    JsonNode shown =
        FakeRequest.get("/api/v1/agents").json(rig.agentRoutes).get("agents").get(0).get("chain");
    assertThat(shown.isNull()).isTrue();
    assertThat(rules()).isEmpty();
    assertThat(wire.peer.received(CollectorMessage.Welcome.class).get(0).received()).isNull();
  }

  @Test
  void gapOnAnOpenConnection_isNamedWithItsNumbers() throws IOException {
    ChainedAgent agent = new ChainedAgent(1, key).connect(rig);
    agent.journal(2);
    agent.nextJournal();
    agent.nextJournal();
    agent.journal(1);

    assertThat(chain(agent).state()).isEqualTo("gap");
    assertThat(chain(agent).missed()).isEqualTo(2);
    assertThat(found(agent)).contains("messages 3 to 4 (2)", "although the connection is open");
    assertThat(rules()).containsExactly("collector.agent-chain-hole");
    assertThat(rig.chainAlerts.get(0).level()).isEqualTo(Level.MEDIUM);
    assertThat(rig.chainAlerts.get(0).fields()).containsEntry("messages", 2L);
  }

  @Test
  void gapAtAReconnect_isInformation_andAgentsThatStillHaveTheMessagesLeaveNone()
      throws IOException {
    ChainedAgent agent = new ChainedAgent(1, key, 2).connect(rig);
    agent.journal(2);
    agent.disconnect();
    agent.nextJournal();
    agent.nextJournal();
    agent.connect(rig);
    assertThat(chain(agent).state()).isEqualTo("ok");
    assertThat(chain(agent).sequence()).isEqualTo(4);

    agent.disconnect();
    for (int i = 0; i < 5; i++) {
      agent.nextJournal();
    }
    agent.connect(rig);

    assertThat(chain(agent).missed()).isEqualTo(3);
    assertThat(found(agent)).contains("messages 5 to 7 (3)", "before the agent connected again");
    assertThat(rules()).containsExactly("collector.agent-chain-gap");
    assertThat(rig.chainAlerts.get(0).level()).isEqualTo(Level.INFORMATIONAL);
  }

  @Test
  void messagesThatNobodyFollows_areMissedByTheHeartbeat() throws IOException {
    ChainedAgent agent = new ChainedAgent(1, key).connect(rig);
    agent.journal(1);
    agent.nextJournal();
    agent.heartbeat();

    assertThat(chain(agent).missed()).isEqualTo(1);
    assertThat(found(agent)).contains("message 2 was not received");
    agent.journal(1);
    assertThat(chain(agent).gaps()).isEqualTo(1);
    assertThat(chain(agent).forks()).isZero();
  }

  private static AgentMessage.AlertRaised raised(ChainLink link) {
    Alert alert =
        new Alert(
            new Id("alert-0001"),
            "whorl",
            ManualTime.START,
            "rule-1",
            Level.HIGH,
            "A rule",
            null,
            List.of(),
            Map.of(),
            null,
            List.of());
    return new AgentMessage.AlertRaised(alert, null, List.of(), null, link);
  }

  @Test
  void declaredDrops_areShown_andAreNoGap() throws IOException {
    ChainedAgent agent = new ChainedAgent(1, key).connect(rig);
    agent.journal(1);
    agent.dropped = 12;
    agent.journal(1);

    assertThat(chain(agent).state()).isEqualTo("ok");
    assertThat(chain(agent).dropped()).isEqualTo(12);
    assertThat(rules()).isEmpty();
  }

  @Test
  void restartedCollector_continuesTheChain() throws IOException {
    ChainedAgent agent = new ChainedAgent(1, key, 2).connect(rig);
    agent.journal(5);
    agent.heartbeat();
    rig.close();

    rig = new FleetRig(folder, time);
    time.pass(Duration.ofDays(-1)); // clocks do not matter
    agent.connect(rig);
    agent.journal(1);
    agent.heartbeat();

    assertThat(chain(agent).state()).isEqualTo("ok");
    assertThat(chain(agent).sequence()).isEqualTo(6);
    assertThat(rules()).isEmpty();
  }

  @Test
  void messageThatCouldNotBeStored_isAskedForAgain() throws IOException {
    boolean[] fails = {true};
    int[] stored = {0};
    rig.sink =
        (identity, raised) -> {
          if (fails[0]) {
            throw new IOException("no room");
          }
          stored[0]++;
          return new CollectorMessage.AlertVerdict(raised.alert().id(), true, null);
        };
    ChainedAgent agent = new ChainedAgent(1, key).connect(rig);
    agent.journal(1);
    agent.send(agent.next(link -> raised(link)));
    assertThat(agent.wire.peer.closeCode()).isEqualTo(1013);
    agent.disconnect();
    fails[0] = false;
    agent.connect(rig);

    assertThat(stored[0]).isEqualTo(1);
    assertThat(chain(agent).state()).isEqualTo("ok");
    assertThat(chain(agent).sequence()).isEqualTo(2);
  }

  @Test
  void implausibleLinks_closeTheConnection() {
    for (String chain :
        List.of(
            "{\"sequence\":0,\"previous\":\"" + "a".repeat(64) + "\",\"dropped\":0}",
            "{\"sequence\":1,\"previous\":\"short\",\"dropped\":0}",
            "{\"sequence\":1,\"dropped\":0}",
            "{\"sequence\":1,\"previous\":\"" + "a".repeat(64) + "\",\"dropped\":-1}",
            "[]")) {
      ChainedAgent agent = new ChainedAgent(1, null).connect(rig);
      agent.send("{\"type\":\"journal\",\"events\":[],\"chain\":" + chain + "}");
      assertThat(agent.wire.peer.closeCode()).as(chain).isEqualTo(1008);
    }
    ChainedAgent agent = new ChainedAgent(1, null).connect(rig);
    agent.send("{\"type\":\"manifest\",\"capture\":\"capture-0001\"}");
    assertThat(agent.wire.peer.closeCode()).isEqualTo(1008);
  }

  @Test
  void largestNumber_isAGapAndNoFailure() throws IOException {
    ChainedAgent agent = new ChainedAgent(1, null).connect(rig);
    agent.journal(1);
    agent.send(
        Json.text(
            new AgentMessage.Journal(
                List.of(), new ChainLink(ChainHead.SEQUENCE_MAX, agent.head().hash(), 0))));
    agent.journal(1);
    rig.tick();

    assertThat(agent.wire.peer.closeCode()).isZero();
    assertThat(chain(agent).sequence()).isEqualTo(ChainHead.SEQUENCE_MAX);
    assertThat(chain(agent).missed()).isEqualTo(ChainHead.SEQUENCE_MAX - 2);
  }
}
