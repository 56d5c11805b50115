package whorl.collector.fleet.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.fleet.agents.Presence;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.fleet.lost.MemoryLostAgents;
import whorl.collector.store.chain.ChainLedger;
import whorl.collector.store.database.Database;
import whorl.collector.store.records.JournalLedger;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.Alert;
import whorl.evidence.ChainHead;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.AgentMessage;

/** Collectors that share their records continue each other's chains. */
@ParameterizedClass
@EnumSource
class ChainOfSeveralCollectorsTest {
  private static final int STEPS = 120;
  @Parameter TestDatabase.Engine engine;

  @TempDir Path folder;
  private final ManualTime time = new ManualTime();
  private final SigningKey key = Objects.requireNonNull(SigningKey.generate());
  private TestDatabase data;
  private Database database;
  private final List<FleetRig> rigs = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(engine, folder);
    database = data.open();
  }

  @AfterEach
  void close() throws IOException {
    if (data != null) { // null where the engine does not start
      data.close();
    }
  }

  private FleetRig collector() throws IOException {
    FleetRig rig =
        new FleetRig(
            database,
            database,
            time,
            JournalLedger.Limits.DEFAULT,
            Presence.ALONE,
            new MemoryLostAgents(time),
            true);
    rigs.add(rig);
    return rig;
  }

  private long faults() {
    return rigs.stream()
        .map(rig -> rig.chainCounters)
        .mapToLong(count -> count.gaps() + count.forks() + count.replays() + count.speakers())
        .sum();
  }

  private static void flush(FleetRig rig) throws IOException {
    rig.chains.flush(rig.journals::flush);
  }

  @Test
  void agentThatMoves_continuesItsChain_whetherOrNotTheFirstHasWrittenIt() throws IOException {
    FleetRig one = collector();
    FleetRig two = collector();
    ChainedAgent agent = new ChainedAgent(1, key).connect(one);
    agent.journal(3);
    flush(one);
    agent.journal(2);
    agent.disconnect();

    agent.connect(two);
    assertThat(agent.recorded.subList(agent.recorded.size() - 2, agent.recorded.size()))
        .containsExactly(agent.frames.get(4L), agent.frames.get(5L));
    agent.journal(2);
    flush(one);
    flush(two);
    agent.disconnect();
    agent.connect(one);
    agent.journal(1);
    agent.heartbeat();
    flush(one);

    assertThat(faults()).isZero();
    assertThat(one.chainLedger.find(agent.id())).isEqualTo(agent.head());
    assertThat(one.journals.newest(agent.id(), 100))
        .extracting(EventLine::sequence)
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
  }

  @Test
  void collectorThatIsKilled_losesOnlyWhatTheAgentNoLongerHas_andThatIsNamed() throws IOException {
    FleetRig one = collector();
    FleetRig two = collector();
    ChainedAgent agent = new ChainedAgent(1, key, 2).connect(one);
    agent.journal(3);
    flush(one);
    agent.journal(5); // one is killed before it writes these

    agent.connect(two);
    agent.heartbeat();
    two.chains.raiseAlerts();

    assertThat(two.chainAlerts)
        .extracting(Alert::rule)
        .containsExactly("collector.agent-chain-gap");
    assertThat(two.chainAlerts.get(0).fields()).containsEntry("messages", 3L);
    flush(two);
    assertThat(two.journals.newest(agent.id(), 100))
        .extracting(EventLine::sequence)
        .containsExactly(1L, 2L, 3L, 7L, 8L);
  }

  @Test
  void recordedSession_playedAtTheOtherCollector_isNamedThere() throws IOException {
    FleetRig one = collector();
    FleetRig two = collector();
    ChainedAgent agent = new ChainedAgent(1, null).connect(one);
    agent.journal(4);
    flush(one);

    Wire thief = two.dial(agent.identity);
    agent.recorded.forEach(thief.listener::text);
    two.chains.raiseAlerts();

    assertThat(two.chainAlerts).extracting(Alert::rule).contains("collector.agent-second-speaker");
    flush(two);
    agent.disconnect();
    agent.connect(one);
    agent.journal(1);
    flush(one);
    assertThat(one.chainLedger.find(agent.id())).isEqualTo(agent.head());
  }

  @Test
  void thiefOfTheWholeState_whoSpeaksAtTheOtherCollectorAtTheSameTime_isNamed() throws IOException {
    FleetRig one = collector();
    FleetRig two = collector();
    ChainedAgent agent = new ChainedAgent(1, key).connect(one);
    agent.journal(2);
    flush(one);
    ChainedAgent thief = agent.stolen();
    thief.connect(two);
    thief.send(thief.next(link -> new AgentMessage.Journal(List.of(FleetRig.event(90)), link)));
    agent.journal(1);
    flush(two);
    flush(one);
    one.chains.raiseAlerts();

    assertThat(one.chainAlerts)
        .extracting(Alert::rule)
        .containsExactly("collector.agent-second-speaker");
    assertThat(String.valueOf(one.chainAlerts.get(0).fields().get("found")))
        .contains("another collector received another message 3");
  }

  @Test
  void alertOfAnAgent_isRaisedByOneCollectorInAnHour() throws IOException {
    FleetRig one = collector();
    FleetRig two = collector();
    for (FleetRig rig : List.of(one, two, one)) {
      rig.chains.refused(FleetRig.agent(1), "no proof", "192.0.2.1");
      rig.chains.raiseAlerts();
    }
    assertThat(one.chainAlerts.size() + two.chainAlerts.size()).isEqualTo(1);
  }

  @Test
  void ledger_advancesOnly_inFewStatements_andForgets() throws IOException {
    ChainLedger ledger = new ChainLedger(database);
    Map<Id, ChainHead> positions = new java.util.HashMap<>();
    for (int i = 0; i < 1_200; i++) {
      Id id = FleetRig.agent(i).id();
      positions.put(id, new ChainHead(5, ChainHead.start(id).hash()));
    }
    assertThat(ledger.advance(positions)).isEmpty();
    assertThat(ledger.advance(positions)).isEqualTo(positions);
    Id agent = FleetRig.agent(7).id();
    ledger.advance(Map.of(agent, new ChainHead(4, ChainHead.start(agent).hash())));
    assertThat(Objects.requireNonNull(ledger.find(agent)).sequence()).isEqualTo(5);
    ledger.replace(agent, new ChainHead(2, ChainHead.start(agent).hash()));
    assertThat(Objects.requireNonNull(ledger.find(agent)).sequence()).isEqualTo(2);

    Id evidence = new Id("evidence-0001");
    assertThat(ledger.announced(evidence, agent, positions.get(agent))).isTrue();
    assertThat(ledger.announced(evidence, agent, ChainHead.start(agent))).isTrue();
    assertThat(Objects.requireNonNull(ledger.announced(evidence)).position())
        .isEqualTo(positions.get(agent));
    ledger.forget(Duration.ofDays(30));
    assertThat(ledger.announced(evidence)).isNotNull();
    ledger.forget(Duration.ofMillis(-1_000));
    assertThat(ledger.announced(evidence)).isNull();
    assertThat(ledger.find(agent)).isNull();
  }

  @Test
  void announcements_areBoundedForEachAgent() throws IOException {
    FleetRig rig = collector();
    Id agent = FleetRig.agent(1).id();
    database.inTransaction(
        () -> {
          for (int i = 0; i < 1_000; i++) {
            rig.chainLedger.announced(
                new Id("evidence-" + (1000 + i)), agent, ChainHead.start(agent));
          }
          return null;
        });
    assertThat(rig.chainLedger.announced(new Id("evidence-9999"), agent, ChainHead.start(agent)))
        .isFalse();
    assertThat(
            rig.chainLedger.announced(
                new Id("evidence-9999"), FleetRig.agent(2).id(), ChainHead.start(agent)))
        .isTrue();
  }

  /**
   * An honest agent, whose connections break and whose collectors are killed at random: what is
   * stored and what is named as missing are together all that it sent, and nothing else is named.
   */
  @Test
  void honestAgent_atRandom_losesNothingThatIsNotNamed_andIsNeverSuspected() throws IOException {
    for (int seed = 0; seed < 12; seed++) {
      Random random = new Random(seed);
      rigs.clear();
      List<FleetRig> living = new ArrayList<>(List.of(collector(), collector()));
      @Nullable SigningKey signing = seed % 3 == 0 ? null : key;
      ChainedAgent agent = new ChainedAgent(1_000 + seed, signing, 1 + random.nextInt(6));
      agent.connect(living.get(0));
      boolean cut = false; // what is sent now gets lost
      for (int step = 0; step < STEPS; step++) {
        int dice = random.nextInt(20);
        if (dice < 10) {
          String frame = agent.nextJournal();
          if (!cut) {
            agent.send(frame);
          }
        } else if (dice < 12 && !cut) {
          agent.heartbeat();
        } else if (dice < 14) {
          flush(living.get(random.nextInt(2)));
        } else if (dice < 16) {
          cut = true;
        } else if (dice < 19) {
          agent.disconnect();
          agent.connect(living.get(random.nextInt(2)));
          cut = false;
        } else {
          // killed: what it did not write is gone, and its agents connect to another one
          living.set(random.nextInt(2), collector());
          agent.connect(living.get(random.nextInt(2)));
          cut = false;
        }
      }
      agent.connect(living.get(0));
      agent.heartbeat();
      flush(living.get(0));

      Set<Long> stored = new TreeSet<>();
      living.get(0).journals.newest(agent.id(), 1_000).forEach(e -> stored.add(e.sequence()));
      long missing = agent.head().sequence() - stored.size();
      long missed = rigs.stream().mapToLong(rig -> rig.chainCounters.missed()).sum();
      assertThat(missed).as("seed " + seed).isGreaterThanOrEqualTo(missing);
      for (FleetRig rig : rigs) {
        assertThat(rig.chainCounters.forks()).as("seed " + seed).isZero();
        assertThat(rig.chainCounters.replays()).as("seed " + seed).isZero();
        assertThat(rig.chainCounters.speakers()).as("seed " + seed).isZero();
      }
      assertThat(living.get(0).chainLedger.find(agent.id())).isEqualTo(agent.head());
    }
  }

  /** Whatever is done to the messages of an open connection, the next heartbeat shows it. */
  @Test
  void anythingDoneToMessages_atRandom_isNamed() throws IOException {
    FleetRig rig = collector();
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      ChainedAgent agent = new ChainedAgent(5_000 + seed, key).connect(rig);
      List<String> frames = new ArrayList<>();
      int count = 2 + random.nextInt(10);
      for (int i = 0; i < count; i++) {
        frames.add(agent.nextJournal());
      }
      int at = random.nextInt(count);
      switch (seed % 5) {
        case 0 -> frames.remove(at);
        case 1 -> frames.add(frames.get(at));
        case 2 -> frames.set(at, frames.get(at).replace("passwd", "shadow"));
        case 3 -> {
          String moved = frames.remove(at);
          frames.add(at == count - 1 ? 0 : at + 1, moved);
        }
        default -> frames.add(at, "{\"type\":\"journal\",\"events\":[]}");
      }
      long before = faults();
      frames.forEach(agent::send);
      agent.heartbeat();

      assertThat(faults()).as("seed " + seed).isGreaterThan(before);
    }
  }
}
