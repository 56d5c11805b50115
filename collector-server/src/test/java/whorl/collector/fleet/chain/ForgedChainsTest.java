package whorl.collector.fleet.chain;

import static org.assertj.core.api.Assertions.assertThat;

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
import whorl.collector.store.chain.ChainSummary;
import whorl.evidence.Alert;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Level;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.ChainLink;
import whorl.evidence.channel.CollectorMessage;
import whorl.evidence.channel.SignedHead;

/** Messages and heartbeats that somebody else made, changed or repeated. */
class ForgedChainsTest {
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
}
