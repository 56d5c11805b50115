package whorl.collector.fleet.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.store.chain.ChainLedger;
import whorl.collector.store.chain.ChainSummary;
import whorl.collector.testkit.CountingDatabase;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.ChainHead;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Level;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.AgentMessage;

/** Alerts about chains, and manifests that are compared with their announcements. */
class ChainAlertsTest {
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
  void faultsOfManyLaterAgents_hideNoneOfAnAgentThatEnrolledBefore() throws IOException {
    ChainedAgent early = new ChainedAgent(1_000, key).connect(rig);
    time.pass(Duration.ofHours(2));
    for (int i = 1; i <= 100; i++) {
      ChainedAgent agent = new ChainedAgent(i, key).connect(rig);
      agent.nextJournal();
      agent.journal(1);
    }
    assertThat(rules()).hasSize(ChainReports.MAX_SINGLE_ALERTS);
    early.nextJournal();
    early.journal(1);

    assertThat(rules()).hasSize(ChainReports.MAX_SINGLE_ALERTS + 1);
    assertThat(rig.chainAlerts.get(ChainReports.MAX_SINGLE_ALERTS).fields())
        .containsEntry("agent", early.id().value());
  }

  @Test
  void furtherFaultsBeyondTheLimit_areCounted_withoutAStatementEach() throws IOException {
    CountingDatabase counted = new CountingDatabase(rig.database);
    List<Alert> raised = new ArrayList<>();
    Chains chains =
        new Chains(
            new ChainLedger(counted),
            rig.journals::newest,
            (alert, identity, journal) -> raised.add(alert),
            time,
            time,
            new ChainCounters());
    for (int i = 1; i <= ChainReports.MAX_SINGLE_ALERTS + 10; i++) {
      chains.refused(FleetRig.agent(i), "no proof", "192.0.2.1");
    }
    chains.raiseAlerts();
    int statements = counted.statements();
    for (int i = 1; i <= 10; i++) {
      AgentIdentity beyond = FleetRig.agent(ChainReports.MAX_SINGLE_ALERTS + i);
      chains.refused(beyond, "no proof", "192.0.2.1");
    }
    chains.raiseAlerts();
    assertThat(counted.statements()).isEqualTo(statements);

    time.pass(Duration.ofMinutes(11));
    chains.raiseAlerts();
    assertThat(raised.get(ChainReports.MAX_SINGLE_ALERTS).fields()).containsEntry("count", 20L);
  }

  @Test
  void alertThatCannotBeStored_isRaisedLater() throws IOException {
    ChainCounters counters = new ChainCounters();
    boolean[] fails = {true};
    List<Alert> stored = new ArrayList<>();
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

  /** Thousands of manifests may wait for their announcements, each with mebibytes of names. */
  @Test
  void agentOfAManifest_isNamedInShort() throws IOException {
    ChainedAgent agent = new ChainedAgent(1, key).connect(rig);
    Id evidence = new Id("evidence-0001");
    agent.send(
        agent.next(
            link -> new AgentMessage.ManifestSealed(new Id("capture-0001"), evidence, link)));
    List<AgentIdentity> named = new ArrayList<>();
    Chains elsewhere =
        new Chains(
            rig.chainLedger,
            rig.journals::newest,
            (alert, identity, journal) -> named.add(identity),
            time,
            time,
            new ChainCounters());
    String any = "x".repeat(100_000);

    elsewhere.sealed(
        new AgentIdentity(
            agent.id(), any, any, Map.of("team", any), any, any, any, any, 1, any, any),
        evidence,
        ChainHead.start(agent.id()));
    elsewhere.raiseAlerts();

    assertThat(named)
        .singleElement()
        .satisfies(
            each -> {
              assertThat(each.id()).isEqualTo(agent.id());
              assertThat(each.service()).hasSize(256);
              assertThat(Json.text(each)).hasSizeLessThan(2_000);
            });
  }
}
