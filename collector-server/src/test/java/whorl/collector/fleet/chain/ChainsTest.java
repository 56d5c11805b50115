package whorl.collector.fleet.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Level;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.ChainLink;
import whorl.evidence.channel.CollectorMessage;
import whorl.evidence.channel.SignedHead;

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

  @Test
  void repeatedMessage_isNamed_andNotProcessedAgain() throws IOException {
    int[] alerts = {0};
    rig.sink =
        (identity, raised) -> {
          alerts[0]++;
          return new CollectorMessage.AlertVerdict(raised.alert().id(), true, null);
        };
    ChainedAgent agent = new ChainedAgent(1, key).connect(rig);
    String frame = agent.next(link -> raised(link));
    agent.send(frame);
    agent.journal(1);
    agent.send(frame);

    assertThat(alerts[0]).isEqualTo(1);
    assertThat(chain(agent).state()).isEqualTo("replay");
    assertThat(found(agent)).contains("message 1 was received again after message 2");
    assertThat(rules()).containsExactly("collector.agent-chain-replay");
    agent.journal(1);
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
  void changedMessage_isNamedAtTheNextOne_orByTheHeartbeat() throws IOException {
    ChainedAgent agent = new ChainedAgent(1, key).connect(rig);
    agent.send(agent.nextJournal().replace("/etc/passwd", "/etc/nothing"));
    assertThat(chain(agent).state()).isEqualTo("ok");
    agent.journal(1);
    assertThat(found(agent)).contains("message 2 follows another message 1");

    ChainedAgent other = new ChainedAgent(2, key()).connect(rig);
    other.send(other.nextJournal().replace("/etc/passwd", "/etc/nothing"));
    other.heartbeat();
    assertThat(found(other)).contains("the agent sent another message 1");
    assertThat(chain(other).confirmed()).isZero();
    assertThat(rules()).containsExactly("collector.agent-chain-fork", "collector.agent-chain-fork");
    assertThat(rig.chainAlerts.get(0).level()).isEqualTo(Level.HIGH);
  }

  private static SigningKey key() {
    return Objects.requireNonNull(SigningKey.generate());
  }

  @Test
  void twoMessagesOfOneNumber_areNamed_andNoneIsDropped() throws IOException {
    ChainedAgent agent = new ChainedAgent(1, null).connect(rig);
    agent.journal(1);
    ChainedAgent thief = agent.stolen();
    agent.journal(1);
    agent.send(thief.next(link -> new AgentMessage.Journal(List.of(FleetRig.event(77)), link)));

    assertThat(found(agent)).contains("two different messages have the number 2");
    rig.chains.flush(rig.journals::flush);
    assertThat(rig.journals.newest(agent.id(), 10)).extracting(EventLine::sequence).contains(77L);
  }

  @Test
  void insertedMessageWithoutALink_isNamed() throws IOException {
    ChainedAgent agent = new ChainedAgent(1, key).connect(rig);
    agent.journal(1);
    agent.send(Json.text(new AgentMessage.Journal(List.of(FleetRig.event(50)))));

    assertThat(found(agent)).contains("no link of the chain came after message 1");
    assertThat(rules()).containsExactly("collector.agent-chain-fork");
  }

  @Test
  void heartbeatOfSomebodyElse_isNamed_andConfirmsNothing() throws IOException {
    ChainedAgent agent = new ChainedAgent(1, key).connect(rig);
    agent.journal(2);
    SignedHead forged = new SignedHead(agent.head(), key().sign(agent.id(), agent.head()));
    agent.send(Json.text(new AgentMessage.Status(Map.of(), null, null, forged)));
    assertThat(found(agent)).contains("not signed with the agent's key");
    agent.send(
        Json.text(
            new AgentMessage.Status(Map.of(), null, null, new SignedHead(agent.head(), null))));
    agent.send(Json.text(new AgentMessage.Status(Map.of(), null, null, null)));

    assertThat(found(agent)).contains("lacks its position");
    assertThat(chain(agent).forks()).isEqualTo(3);
    assertThat(chain(agent).confirmed()).isZero();
  }

  @Test
  void signatures_areVerifiedOnceAMinute_andAtTheGoodbye() throws IOException {
    ChainedAgent agent = new ChainedAgent(1, key).connect(rig);
    agent.journal(1);
    agent.heartbeat();
    agent.journal(1);
    SigningKey other = key();
    agent.send(Json.text(new AgentMessage.Status(Map.of(), null, null, forged(agent, other))));
    assertThat(chain(agent).state()).isEqualTo("ok");
    assertThat(chain(agent).confirmed()).isEqualTo(1);
    time.pass(Duration.ofMinutes(1));
    agent.heartbeat();
    assertThat(chain(agent).confirmed()).isEqualTo(2);

    agent.journal(1);
    agent.send(Json.text(new AgentMessage.Goodbye("the JVM ends", forged(agent, other))));
    assertThat(found(agent)).contains("not signed with the agent's key");
    assertThat(chain(agent).confirmed()).isEqualTo(2);
  }

  private static SignedHead forged(ChainedAgent agent, SigningKey other) {
    return new SignedHead(agent.head(), other.sign(agent.id(), agent.head()));
  }

  @Test
  void repeatedHeartbeat_isNamed() throws IOException {
    ChainedAgent agent = new ChainedAgent(1, key).connect(rig);
    agent.journal(1);
    String old = agent.heartbeatText();
    agent.send(old);
    agent.send(old); // nothing has happened since
    assertThat(chain(agent).state()).isEqualTo("ok");
    agent.journal(1);
    agent.send(old);

    assertThat(chain(agent).state()).isEqualTo("replay");
    assertThat(chain(agent).sequence()).isEqualTo(2);
  }

  @Test
  void goodbyeOfSomebodyElse_isNone() throws IOException {
    ChainedAgent agent = new ChainedAgent(1, key).connect(rig);
    agent.journal(1);
    agent.send(Json.text(new AgentMessage.Goodbye("the JVM ends")));
    agent.disconnect();
    List<String> lost = new java.util.ArrayList<>();
    rig.lostAgentSink = (alert, identity, journal) -> lost.add(alert.rule());
    time.pass(Duration.ofSeconds(91));
    rig.tick();
    assertThat(lost).containsExactly("collector.agent-silent");

    ChainedAgent other = new ChainedAgent(2, key()).connect(rig);
    other.journal(1);
    other.send(Json.text(new AgentMessage.Goodbye("the JVM ends", other.signed())));
    other.disconnect();
    time.pass(Duration.ofSeconds(91));
    rig.tick();
    assertThat(lost).hasSize(1);
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
  void recordedSession_playedByAnotherClientWithTheToken_isNamed() throws IOException {
    ChainedAgent agent = new ChainedAgent(1, null).connect(rig);
    agent.journal(3);
    agent.heartbeat();

    Wire thief = rig.dial(agent.identity);
    thief.peer.address = "198.51.100.9";
    agent.recorded.forEach(thief.listener::text);

    assertThat(chain(agent).state()).isEqualTo("second-speaker");
    assertThat(chain(agent).speakers()).isEqualTo(1);
    assertThat(found(agent))
        .contains("a process that has sent 0 messages connected as this agent", "198.51.100.9");
    assertThat(rules()).contains("collector.agent-second-speaker");
    assertThat(rig.chainAlerts.get(0).level()).isEqualTo(Level.HIGH);
  }

  @Test
  void recordedSession_ofAnAgentWithAKey_isRefusedAndNamed() throws IOException {
    ChainedAgent agent = new ChainedAgent(1, key).connect(rig);
    agent.journal(3);

    Wire thief = rig.dial(agent.identity);
    agent.recorded.forEach(thief.listener::text);
    assertThat(thief.peer.closeCode()).isEqualTo(1008);
    Wire another = rig.connect(agent.identity, key());
    assertThat(another.peer.closeCode()).isEqualTo(1008);
    Wire without = rig.connect(agent.identity);
    assertThat(without.peer.closeCode()).isEqualTo(1008);

    assertThat(chain(agent).state()).isEqualTo("second-speaker");
    assertThat(rules()).containsExactly("collector.agent-second-speaker");
    assertThat(String.valueOf(rig.chainAlerts.get(0).fields().get("found"))).contains("refused");
    agent.journal(1);
    assertThat(chain(agent).sequence()).isEqualTo(4);
    assertThat(chain(agent).forks()).isZero();
  }

  @Test
  void thiefOfTheWholeState_isNamedWhenTheAgentSpeaksAgain() throws IOException {
    ChainedAgent agent = new ChainedAgent(1, key).connect(rig);
    agent.journal(2);
    ChainedAgent thief = agent.stolen();

    thief.connect(rig);
    thief.next(link -> new AgentMessage.Journal(List.of(FleetRig.event(90)), link));
    thief.send(thief.frames.lastEntry().getValue());
    assertThat(chain(agent).state()).isEqualTo("ok");
    agent.connect(rig);

    assertThat(chain(agent).state()).isEqualTo("second-speaker");
    agent.disconnect();
    ChainedAgent more = agent.stolen();
    agent.nextJournal();
    agent.nextJournal();
    more.connect(rig);
    more.send(more.next(link -> new AgentMessage.Journal(List.of(FleetRig.event(91)), link)));
    agent.connect(rig);
    assertThat(chain(agent).forks()).isEqualTo(1);
  }

  @Test
  void agentThatHadAChain_andSpeaksWithout_isSomebodyElse() throws IOException {
    ChainedAgent agent = new ChainedAgent(1, null).connect(rig);
    agent.journal(2);
    rig.connect(agent.identity);

    assertThat(found(agent)).contains("a process without a chain connected as this agent");
    assertThat(rules()).containsExactly("collector.agent-second-speaker");
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
  void alerts_areOneForEachAgentAndFaultInAnHour() throws IOException {
    ChainedAgent agent = new ChainedAgent(1, key).connect(rig);
    for (int i = 0; i < 50; i++) {
      agent.journal(1);
      agent.nextJournal();
    }
    agent.journal(1);
    assertThat(rules()).hasSize(1);
    assertThat(rig.chainAlerts.get(0).fields()).containsEntry("count", 50L);
    agent.nextJournal();
    agent.journal(1);
    assertThat(rules()).hasSize(1);
    assertThat(rig.chainCounters.unreported()).isEqualTo(1);
    assertThat(chain(agent).gaps()).isEqualTo(51);
  }

  @Test
  void faultsOfManyAgents_haveFewAlerts() throws IOException {
    for (int i = 1; i <= 100; i++) {
      ChainedAgent agent = new ChainedAgent(i, null).connect(rig);
      agent.nextJournal();
      agent.journal(1);
    }
    assertThat(rules()).hasSize(ChainReports.MAX_SINGLE_ALERTS);
    time.pass(Duration.ofMinutes(11));

    assertThat(rules()).hasSize(ChainReports.MAX_SINGLE_ALERTS + 1);
    Alert rest = rig.chainAlerts.get(ChainReports.MAX_SINGLE_ALERTS);
    assertThat(rest.fields()).containsEntry("count", 80L);
  }

  @Test
  void alertThatCannotBeStored_isRaisedLater() throws IOException {
    ChainCounters counters = new ChainCounters();
    boolean[] fails = {true};
    List<Alert> stored = new java.util.ArrayList<>();
    Chains chains =
        new Chains(
            rig.chainLedger,
            rig.journals::newest,
            (alert, identity, journal) -> {
              if (fails[0]) {
                throw new IOException("no room");
              }
              stored.add(alert);
            },
            time,
            time,
            counters);
    chains.refused(FleetRig.agent(1), "no proof", "192.0.2.1");
    org.assertj.core.api.Assertions.assertThatThrownBy(chains::raiseAlerts)
        .isInstanceOf(IOException.class);
    fails[0] = false;
    chains.raiseAlerts();

    assertThat(stored)
        .extracting(Alert::rule, Alert::level)
        .containsExactly(tuple("collector.agent-second-speaker", Level.HIGH));
  }

  @Test
  void manifest_isComparedWithItsAnnouncement() throws IOException {
    ChainedAgent agent = new ChainedAgent(1, key).connect(rig);
    Id evidence = new Id("evidence-0001");
    agent.send(
        agent.next(
            link -> new AgentMessage.ManifestSealed(new Id("capture-0001"), evidence, link)));
    ChainHead announced = agent.head();

    rig.chains.sealed(agent.identity, evidence, announced);
    assertThat(chain(agent).state()).isEqualTo("ok");
    rig.chains.sealed(agent.identity, new Id("evidence-0002"), announced);
    assertThat(chain(agent).state()).isEqualTo("ok");

    rig.chains.sealed(agent.identity, evidence, ChainHead.start(agent.id()));
    rig.chains.sealed(agent.identity, evidence, null);
    assertThat(chain(agent).forks()).isEqualTo(2);
    assertThat(found(agent)).contains("evidence-0001", "does not name message 1");
    agent.send(
        agent.next(
            link -> new AgentMessage.ManifestSealed(new Id("capture-0001"), evidence, link)));
    assertThat(found(agent)).contains("was announced twice");
  }

  @Test
  void manifestThatIsSealedBeforeItsAnnouncementComes_isComparedThen() throws IOException {
    ChainedAgent agent = new ChainedAgent(1, key).connect(rig);
    Id evidence = new Id("evidence-0001");
    rig.chains.sealed(agent.identity, evidence, ChainHead.start(agent.id()));
    rig.chains.raiseAlerts();
    assertThat(chain(agent).state()).isEqualTo("ok");

    agent.send(
        agent.next(
            link -> new AgentMessage.ManifestSealed(new Id("capture-0001"), evidence, link)));
    rig.chains.raiseAlerts();
    rig.chains.raiseAlerts();

    assertThat(chain(agent).forks()).isEqualTo(1);
    assertThat(found(agent)).contains("evidence-0001", "does not name message 1");
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
