package whorl.collector.fleet.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static whorl.collector.fleet.channel.FleetRig.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.fleet.agents.Target;
import whorl.collector.fleet.captures.CaptureOrder;
import whorl.collector.fleet.captures.SealedCapture;
import whorl.collector.fleet.channel.ChannelPresence;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.http.request.ProblemException;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.Leases;
import whorl.collector.store.presence.LostAgentLedger;
import whorl.collector.store.presence.PresenceLedger;
import whorl.collector.store.records.CaptureRecord;
import whorl.collector.store.records.JournalLedger;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.CaptureProgress;
import whorl.evidence.channel.CaptureState;

/** Two collectors on the same records: agents move between them, and captures with them. */
@ParameterizedClass
@EnumSource
class TwoCollectorsTest {
  @Parameter TestDatabase.Engine engine;
  private static final Id EVIDENCE = new Id("evidence-0001");
  private static final int REPLACED = 4001;

  @TempDir Path folder;
  private final ManualTime time = new ManualTime();
  private final DirectNotifications notifications = new DirectNotifications();
  private TestDatabase data;
  private Database database;
  private Collector one;
  private Collector two;

  /** One of the collectors. */
  private final class Collector {
    final PresenceLedger ledger;
    final SharedPresence presence;
    final FleetRig rig;
    final PresenceWatch watch;
    final List<String> alerts = new ArrayList<>();
    String problem;

    private final String name;

    Collector(String name) throws IOException {
      this.name = name;
      ledger = new PresenceLedger(database, name);
      presence = new SharedPresence(ledger, notifications, name);
      rig =
          new FleetRig(
              database,
              database,
              time,
              JournalLedger.Limits.DEFAULT,
              presence,
              new SharedLostAgents(new LostAgentLedger(database, name)),
              true);
      rig.lostAgentSink = (alert, agent, journal) -> alerts.add(alert.title());
      ChannelPresence listener =
          new ChannelPresence(rig.channel, rig.captures, rig.lostAgentDetector);
      presence.subscribe(listener);
      watch =
          new PresenceWatch(
              ledger,
              presence,
              rig.fleet,
              listener,
              new Leases(database, name),
              () -> problem,
              "0.2.0");
      ledger.beat("0.2.0");
    }

    Wire connect(AgentIdentity identity) {
      return rig.connect(identity);
    }

    /** As after a SIGKILL and the time for which a collector without a beat counts as living. */
    void kill() throws IOException {
      database.update(
          "UPDATE collectors SET seen_at = 0 WHERE version = '0.2.0' AND id = ?", name());
    }

    String name() {
      return name;
    }
  }

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(engine, folder);
    database = data.open();
    one = new Collector("one");
    two = new Collector("two");
  }

  @AfterEach
  void close() throws IOException {
    if (one != null) { // null where the engine does not start
      one.watch.close();
      two.watch.close();
    }
    data.close();
  }

  @Test
  void agents_areFoundAtBoth_inTheSameOrder() throws IOException {
    one.connect(agent(1));
    two.connect(agent(2));
    one.connect(agent(3, "cart", "prod"));

    Target shop = new Target(null, "shop", null, null, null, null);

    assertThat(one.rig.fleet.find(shop)).extracting(AgentIdentity::id).hasSize(2);
    assertThat(two.rig.fleet.find(shop)).isEqualTo(one.rig.fleet.find(shop));
  }

  @Test
  void capture_requestedAtOne_reachesTheAgentThroughTheOther() throws IOException {
    Wire wire = two.connect(agent(1));

    CaptureRecord capture = request(one, agent(1));

    assertThat(wire.captureRequests()).hasSize(1);
    assertThat(wire.captureRequests().get(0).capture()).isEqualTo(capture.id());
    wire.say(progress(capture, CaptureState.RUNNING));
    assertThat(one.rig.captures.find(capture.id()).state()).isEqualTo(CaptureState.RUNNING);
  }

  @Test
  void agentThatMoves_closesItsOldChannel_andIsAskedOnceMoreOnlyIfItHasNotBegun()
      throws IOException {
    Wire before = one.connect(agent(1));
    CaptureRecord asked = request(one, agent(1));
    CaptureRecord begun = request(one, agent(1));
    before.say(progress(begun, CaptureState.RUNNING));

    Wire after = two.connect(agent(1));

    assertThat(before.peer.closeCode()).isEqualTo(REPLACED);
    assertThat(after.captureRequests()).hasSize(1);
    assertThat(after.captureRequests().get(0).capture()).isEqualTo(asked.id());
    pass(Duration.ofMinutes(2));
    assertThat(one.rig.captures.find(begun.id()).state()).isEqualTo(CaptureState.RUNNING);
    assertThat(one.alerts).isEmpty();
    assertThat(two.rig.fleet.isConnectedHere(agent(1).id())).isTrue();
    assertThat(one.rig.fleet.isConnectedHere(agent(1).id())).isFalse();
  }

  @Test
  void evidenceAtTheOtherCollector_endsTheCapture_andLateProgressChangesNothing()
      throws IOException {
    Wire wire = one.connect(agent(1));
    CaptureRecord capture = request(one, agent(1));
    wire.say(progress(capture, CaptureState.SHIPPING));

    two.rig.captures.received(capture.id(), agent(1).id(), 4_096, 0);
    two.rig.tick();
    two.rig.captures.sealed(
        new SealedCapture(
            capture.id(),
            agent(1).id(),
            "shop",
            EVIDENCE,
            CaptureState.SEALED,
            "asked for",
            null,
            time.instant(),
            null));
    wire.say(progress(capture, CaptureState.SHIPPING));
    one.rig.tick();

    assertThat(one.rig.captures.find(capture.id()).state()).isEqualTo(CaptureState.SEALED);
    assertThat(one.rig.captures.find(capture.id()).evidence()).isEqualTo(EVIDENCE);
    assertThat(two.rig.captures.find(capture.id()).state()).isEqualTo(CaptureState.SEALED);
  }

  /** As when the database was away for the collector that the agent left. */
  @Test
  void evidenceAtACollectorThatWasNotToldOfTheMove_endsTheCaptureAtTheAgentsToo()
      throws IOException {
    Wire before = one.connect(agent(1));
    CaptureRecord capture = request(one, agent(1));
    before.say(progress(capture, CaptureState.SHIPPING));
    notifications.broken = true;
    Wire after = two.connect(agent(1));
    after.say(progress(capture, CaptureState.SHIPPING));
    notifications.broken = false;
    before.listener.closed();

    one.rig.captures.received(capture.id(), agent(1).id(), 4_096, 0);
    one.rig.captures.sealed(
        new SealedCapture(
            capture.id(),
            agent(1).id(),
            "shop",
            EVIDENCE,
            CaptureState.SEALED,
            "asked for",
            null,
            time.instant(),
            null));

    assertThat(two.rig.captures.find(capture.id()).state()).isEqualTo(CaptureState.SEALED);
  }

  @Test
  void endOfACapture_isShown_evenIfTheCollectorWasNotTold() throws IOException {
    Wire wire = one.connect(agent(1));
    CaptureRecord capture = request(one, agent(1));
    wire.say(progress(capture, CaptureState.SHIPPING));
    notifications.broken = true;
    two.rig.captures.sealed(
        new SealedCapture(
            capture.id(),
            agent(1).id(),
            "shop",
            EVIDENCE,
            CaptureState.SEALED,
            "asked for",
            null,
            time.instant(),
            null));

    assertThat(one.rig.captures.show(capture.id()).state()).isEqualTo(CaptureState.SEALED);
  }

  @Test
  void bytesAtTheOtherCollector_areASignOfLife() throws IOException {
    Wire wire = one.connect(agent(1));
    CaptureRecord capture = request(one, agent(1));
    wire.say(progress(capture, CaptureState.SHIPPING));
    wire.listener.closed();
    time.pass(Duration.ofSeconds(61));

    two.rig.captures.received(capture.id(), agent(1).id(), 1 << 20, 0);
    two.rig.tick();
    one.rig.tick();

    assertThat(one.rig.captures.find(capture.id()).state()).isEqualTo(CaptureState.SHIPPING);
  }

  @Test
  void agentsOfAKilledCollector_areMissedByTheOther_unlessTheyComeBack() throws IOException {
    one.connect(agent(1));
    one.connect(agent(2));
    CaptureRecord capture = request(one, agent(1));
    one.rig.fleet.save();

    one.kill();
    takeOver(two);
    two.connect(agent(2));
    passSilence();
    takeOver(two);

    assertThat(two.alerts).hasSize(1);
    database.update("UPDATE captures SET touched_at = 0");
    takeOver(two);
    assertThat(two.rig.captures.find(capture.id()).state()).isEqualTo(CaptureState.FAILED);
    assertThat(two.rig.fleet.find(new Target(null, "shop", null, null, null, null))).hasSize(1);
  }

  /** As some time after its agents have connected. */
  private void compare(Collector collector) throws IOException {
    time.pass(PresenceLedger.SETTLED.plusSeconds(1));
    collector.watch.compare();
  }

  @Test
  void lostNotifications_areRepaired() throws IOException {
    Wire before = one.connect(agent(1));
    notifications.broken = true;
    Wire after = two.connect(agent(1));
    CaptureRecord capture = request(one, agent(1));
    assertThat(after.captureRequests()).isEmpty();

    notifications.mend();
    compare(one);

    assertThat(before.peer.closeCode()).isEqualTo(REPLACED);
    assertThat(after.captureRequests()).hasSize(1);
    assertThat(after.captureRequests().get(0).capture()).isEqualTo(capture.id());
  }

  @Test
  void collectorThatStoodStill_recordsItsAgentsAgain() throws IOException {
    one.connect(agent(1));
    one.kill();
    takeOver(two);
    assertThat(two.rig.fleet.isConnected(agent(1).id())).isFalse();

    one.ledger.beat("0.2.0");
    compare(one);

    assertThat(two.rig.fleet.isConnected(agent(1).id())).isTrue();
  }

  @Test
  void collectorThatEnds_leavesItsAgentsToTheOther() throws IOException {
    Wire wire = one.connect(agent(1));
    one.rig.fleet.save();

    one.watch.close();
    wire.listener.closed();
    takeOver(two);
    passSilence();
    takeOver(two);

    assertThat(two.alerts).hasSize(1);
  }

  @Test
  void collectorThatTookAgentsOver_andDiesToo_leavesThemToTheNext() throws IOException {
    Collector three = new Collector("three");
    one.connect(agent(1));
    one.kill();
    takeOver(two);

    two.kill();
    passSilence();
    takeOver(three);
    takeOver(three);

    assertThat(two.alerts).isEmpty();
    assertThat(three.alerts).hasSize(1);
    three.watch.close();
  }

  @Test
  void agentThatIsLostHere_andConnectsToTheOther_raisesNoAlert() throws IOException {
    one.connect(agent(1)).listener.closed();
    two.connect(agent(1));
    passSilence();
    takeOver(one);
    takeOver(two);

    assertThat(one.alerts).isEmpty();
    assertThat(two.alerts).isEmpty();
  }

  @Test
  void agentThatIsLostHere_isMissedByTheOther_ifThisCollectorDiesMeanwhile() throws IOException {
    one.connect(agent(1)).listener.closed();
    one.kill();
    passSilence();
    takeOver(two);

    assertThat(two.alerts).hasSize(1);
  }

  @Test
  void agentsOfACollectorThatStops_areNotLost_untilTheyStayAway() throws IOException {
    Wire wire = one.connect(agent(1));
    one.rig.channel.stopping();
    wire.listener.closed();
    two.connect(agent(1));
    takeOver(two);
    passSilence();
    takeOver(two);

    assertThat(two.alerts).isEmpty();
  }

  @Test
  void collectorWhoseEventLoopsHang_doesNotSayThatItLives() throws IOException {
    one.connect(agent(1));
    one.kill();
    one.problem = "hangs";
    one.watch.beat();
    takeOver(two);
    assertThat(two.rig.fleet.isConnected(agent(1).id())).isFalse();

    one.problem = null;
    one.watch.beat();
    compare(one);
    assertThat(two.rig.fleet.isConnected(agent(1).id())).isTrue();
  }

  @Test
  void twoThatAskAtTheSameMoment_keepTheLimitOfOpenCaptures() throws Exception {
    one.connect(agent(1));
    int threads = 4;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Integer>> asking = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        Collector at = i % 2 == 0 ? one : two;
        asking.add(pool.submit(() -> requestUntilRefused(at)));
      }
      int begun = 0;
      for (Future<Integer> each : asking) {
        begun += each.get(60, TimeUnit.SECONDS);
      }
      assertThat(begun).isEqualTo(16);
    } finally {
      pool.shutdownNow();
    }
  }

  private int requestUntilRefused(Collector at) throws IOException {
    for (int begun = 0; ; begun++) {
      try {
        request(at, agent(1));
      } catch (ProblemException full) {
        return begun;
      }
    }
  }

  /** Five agents that are lost together are one alert, also if two collectors lost them. */
  @Test
  void agentsThatAreLostTogetherAtTwoCollectors_areOneAlert() throws IOException {
    for (int i = 0; i < 6; i++) {
      (i % 2 == 0 ? one : two).connect(agent(i)).listener.closed();
    }
    passSilence();
    takeOver(two);

    assertThat(two.alerts).hasSize(1);
    assertThat(two.alerts.get(0)).startsWith("6 Agents");
  }

  @Test
  void stepOfTheTakeOverThatFails_stopsNoOther() throws IOException {
    Wire wire = one.connect(agent(1));
    CaptureRecord capture = request(one, wire.identity);
    one.kill();
    database.update("UPDATE captures SET touched_at = 1 WHERE id = ?", capture.id().value());
    passSilence();
    two.rig.lostAgentSink =
        (alert, agent, journal) -> {
          throw new IOException("no room");
        };
    two.connect(agent(2)).listener.closed();
    passSilence();

    assertThatThrownBy(() -> takeOver(two))
        .hasMessageStartingWith("alerts about lost agents: ")
        .hasMessageEndingWith("no room");

    assertThat(two.rig.captures.find(capture.id()).state()).isEqualTo(CaptureState.FAILED);
  }

  private CaptureRecord request(Collector collector, AgentIdentity agent) throws IOException {
    return collector
        .rig
        .captures
        .request(new CaptureOrder(List.of(), "asked for", null, false), List.of(agent), null)
        .get(0);
  }

  private static CaptureProgress progress(CaptureRecord capture, CaptureState state) {
    return new CaptureProgress(capture.id(), EVIDENCE, state, 10, 100, null);
  }

  private void pass(Duration duration) throws IOException {
    for (long second = 0; second < duration.toSeconds(); second += 10) {
      time.pass(Duration.ofSeconds(10));
      one.rig.captures.checkTimeouts();
      two.rig.captures.checkTimeouts();
      one.rig.lostAgentDetector.check();
    }
  }

  private void passSilence() throws IOException {
    database.update("UPDATE lost_agents SET lost_at = lost_at - 91000");
  }

  private static void takeOver(Collector collector) throws IOException {
    collector.watch.takeOverNow();
  }
}
