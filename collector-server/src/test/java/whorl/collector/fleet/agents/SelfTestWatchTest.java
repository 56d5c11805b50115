package whorl.collector.fleet.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static whorl.collector.fleet.channel.FleetRig.agent;
import static whorl.collector.fleet.channel.FleetRig.event;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.fleet.channel.ManualTime;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Level;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CollectorMessage;

class SelfTestWatchTest {
  @TempDir Path folder;
  private final ManualTime time = new ManualTime();
  private final List<Raised> raised = new ArrayList<>();
  private FleetRig rig;

  private record Raised(
      Alert alert, @Nullable AgentIdentity agent, List<EventLine> journal, boolean capture) {}

  @BeforeEach
  void open() throws IOException {
    rig = new FleetRig(folder, time);
    rig.selfTestSink =
        (alert, agent, journal, capture) -> raised.add(new Raised(alert, agent, journal, capture));
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
  }

  private void pass(int seconds) throws IOException {
    for (int i = 0; i < seconds; i++) {
      time.pass(Duration.ofSeconds(1));
      rig.tick();
    }
  }

  private Alert alert() {
    return new Alert(
        Id.next(time),
        "whorl",
        time.instant(),
        "rule",
        Level.HIGH,
        "A title",
        null,
        List.of(),
        Map.of(),
        null,
        List.of());
  }

  private static AgentMessage.SelfTest report(long number, long rules, long alerts) {
    Map<String, Long> stages = new LinkedHashMap<>();
    stages.put("hooks", number);
    stages.put("rules", rules);
    stages.put("alerts", alerts);
    return new AgentMessage.SelfTest(number, stages);
  }

  private void sendReports(Wire wire, int from, int to) throws IOException {
    for (int i = from; i <= to; i++) {
      pass(2);
      wire.say(report(i, i, i));
    }
  }

  @Test
  void passingTests_raiseNoAlert() throws IOException {
    Wire wire = rig.connect(agent(1));

    sendReports(wire, 1, 30);

    assertThat(raised).isEmpty();
    assertThat(rig.fleet.agent(wire.id()).capabilities()).containsEntry("selfTest", "passes");
  }

  @Test
  void stalledStage_raisesOneAlertWithinTenSeconds_andACapture() throws IOException {
    Wire wire = rig.connect(agent(1));
    wire.say(new AgentMessage.Journal(List.of(event(1))));
    sendReports(wire, 1, 3);

    for (int i = 4; i <= 8; i++) {
      pass(2);
      wire.say(report(i, 3, 3));
      assertThat(raised).hasSize(i < 6 ? 0 : 1);
    }

    Alert alert = raised.get(0).alert();
    assertThat(alert.rule()).isEqualTo("collector.agent-blinded");
    assertThat(alert.title()).isEqualTo("Agent Blinded");
    assertThat(alert.level()).isEqualTo(Level.HIGH);
    assertThat(alert.fields()).containsEntry("stage", "rules");
    assertThat(raised.get(0).agent()).isEqualTo(agent(1));
    assertThat(raised.get(0).journal()).hasSize(1);
    assertThat(raised.get(0).capture()).isTrue();
    assertThat(rig.fleet.agent(wire.id()).capabilities().get("selfTest").toString())
        .startsWith("silent since")
        .endsWith("rules");
  }

  @Test
  void testsThatDoNotBegin_raiseAnAlert() throws IOException {
    Wire wire = rig.connect(agent(1));
    sendReports(wire, 1, 3);

    for (int i = 0; i < 3; i++) {
      pass(2);
      wire.say(report(3, 3, 3));
    }

    assertThat(raised).hasSize(1);
    assertThat(raised.get(0).alert().fields()).containsEntry("stage", "self-test");
  }

  @Test
  void recovery_isShown_andTheNextFailureRaisesAnAlert() throws IOException {
    Wire wire = rig.connect(agent(1));
    sendReports(wire, 1, 3);
    for (int i = 4; i <= 6; i++) {
      wire.say(report(i, 3, 3));
    }

    wire.say(report(7, 7, 7));

    assertThat(rig.fleet.agent(wire.id()).capabilities().get("selfTest").toString())
        .startsWith("passes again since");
    for (int i = 8; i <= 10; i++) {
      wire.say(report(i, i, 7));
    }
    assertThat(raised).hasSize(2);
    assertThat(raised.get(1).alert().fields()).containsEntry("stage", "alerts");
  }

  @Test
  void oneLateTest_raisesNoAlert() throws IOException {
    Wire wire = rig.connect(agent(1));
    sendReports(wire, 1, 3);

    wire.say(report(3, 3, 3));
    wire.say(report(3, 3, 3));
    wire.say(report(4, 4, 4));
    wire.say(report(4, 4, 4));

    assertThat(raised).isEmpty();
  }

  @Test
  void pausedJvm_isStalledAndNotBlinded() throws IOException {
    Wire wire = rig.connect(agent(1));
    sendReports(wire, 1, 3);

    pass(8);
    assertThat(raised).isEmpty();
    pass(1);
    assertThat(raised).hasSize(1);
    pass(6);
    wire.say(report(3, 3, 3));
    sendReports(wire, 4, 8);

    assertThat(raised).hasSize(1);
    assertThat(raised.get(0).alert().rule()).isEqualTo("collector.agent-stalled");
    assertThat(raised.get(0).alert().level()).isEqualTo(Level.MEDIUM);
    assertThat(raised.get(0).capture()).isFalse();
    assertThat(rig.fleet.agent(wire.id()).capabilities()).containsEntry("selfTest", "passes");
  }

  @Test
  void missingReports_withHeartbeats_raiseAnAlert() throws IOException {
    Wire wire = rig.connect(agent(1));
    sendReports(wire, 1, 3);

    for (int i = 0; i < 10; i++) {
      pass(1);
      wire.say(new AgentMessage.Status(Map.of(), null, null));
    }

    assertThat(raised).hasSize(1);
    assertThat(raised.get(0).alert().fields()).containsEntry("stage", "report");
  }

  /** Whoever speaks for an agent can let its tests fail as often as they like. */
  @Test
  void testsThatFailAndPassInTurn_raiseFewAlerts_andOneThatCountsTheRest() throws IOException {
    Wire wire = rig.connect(agent(1));
    wire.say(report(1, 1, 1));
    for (int from = 1; from < 80; from += 4) {
      fail(wire, from);
      wire.say(report(from + 4, from + 4, from + 4));
    }
    assertThat(raised).hasSize(4);

    raised.clear();
    time.pass(Duration.ofMinutes(10).plusSeconds(1));
    rig.selfTests.check();
    assertThat(raised)
        .extracting(each -> each.alert().title())
        .contains("16 More Failures of Agents' Self-Tests");
    assertThat(raised).noneMatch(Raised::capture);
  }

  /** A token makes any number of agents, which must not hide the one that was there before. */
  @Test
  void manyNewAgentsOfOneNetwork_shareAlerts_andOneThatIsKnownHasItsOwn() throws IOException {
    Wire known = rig.connect(agent(99), SigningKey.generate());
    time.pass(Duration.ofHours(2));
    for (int i = 1; i <= 30; i++) {
      fail(rig.connect(agent(i)), 1);
    }
    assertThat(raised).hasSize(20);

    fail(known, 1);
    assertThat(raised).hasSize(21);
    assertThat(raised.get(20).agent()).isEqualTo(agent(99));
  }

  /** The stage of rules stands still for three reports. */
  private static void fail(Wire wire, long from) {
    for (long number = from; number <= from + 3; number++) {
      wire.say(report(number, from, from));
    }
  }

  @Test
  void alertThatCannotBeStored_isRaisedLater_andKeepsBackNoOther() throws IOException {
    SelfTestSink works = rig.selfTestSink;
    AtomicInteger failures = new AtomicInteger(2);
    rig.selfTestSink =
        (alert, agent, journal, capture) -> {
          if (agent(1).equals(agent) && failures.getAndDecrement() > 0) {
            throw new IOException("disk full");
          }
          works.failed(alert, agent, journal, capture);
        };
    Wire one = rig.connect(agent(1));
    Wire two = rig.connect(agent(2));
    one.say(report(1, 1, 1));
    two.say(report(1, 1, 1));

    pass(8);
    time.pass(Duration.ofSeconds(1));
    assertThatThrownBy(() -> rig.selfTests.check()).hasMessageContaining("disk full");
    assertThat(raised).singleElement().extracting(Raised::agent).isEqualTo(agent(2));
    assertThatThrownBy(() -> rig.selfTests.check()).hasMessageContaining("disk full");
    rig.selfTests.check();
    rig.selfTests.check();

    assertThat(raised).extracting(Raised::agent).containsExactly(agent(2), agent(1));
    assertThat(raised)
        .allSatisfy(each -> assertThat(each.alert().rule()).isEqualTo("collector.agent-stalled"));
  }

  /** On a busy machine, a report may wait unread behind alerts with long journals. */
  @Test
  void slowMessageHandling_raisesNoAlert() throws IOException {
    Wire wire = rig.connect(agent(1));
    sendReports(wire, 1, 3);
    rig.sink =
        (agent, message) -> {
          time.pass(Duration.ofSeconds(2));
          return new CollectorMessage.AlertVerdict(message.alert().id(), true, null);
        };
    for (int i = 0; i < 8; i++) {
      wire.say(new AgentMessage.AlertRaised(alert(), null, List.of()));
      rig.selfTests.check();
    }
    wire.say(report(4, 4, 4));
    sendReports(wire, 5, 8);

    assertThat(raised).isEmpty();
  }

  @Test
  void agentThatAnnouncesTestsButNeverReports_raisesAnAlert() throws IOException {
    Wire wire = rig.dial(agent(1));
    wire.say(new AgentMessage.Hello(agent(1), null, Map.of("selfTest", true)));

    for (int i = 0; i < 40; i++) {
      pass(1);
      wire.say(new AgentMessage.Status(Map.of(), null, null));
    }

    assertThat(raised).hasSize(1);
    assertThat(raised.get(0).alert().fields()).containsEntry("stage", "report");
  }

  @Test
  void olderAgent_raisesNoAlert() throws IOException {
    Wire wire = rig.connect(agent(1));

    for (int i = 0; i < 20; i++) {
      pass(10);
      wire.say(new AgentMessage.Status(Map.of(), null, null));
    }

    assertThat(raised).isEmpty();
  }

  @Test
  void pausedCollector_raisesNoAlert() throws IOException {
    Wire wire = rig.connect(agent(1));
    sendReports(wire, 1, 3);

    time.pass(Duration.ofSeconds(25));
    rig.selfTests.check();
    wire.say(report(4, 4, 4));
    sendReports(wire, 5, 8);

    assertThat(raised).isEmpty();
  }

  @Test
  void manyStalledAgents_raiseFewAlerts() throws IOException {
    List<Wire> wires = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      wires.add(rig.connect(agent(i)));
    }
    for (Wire wire : wires) {
      wire.say(report(1, 1, 1));
    }

    pass(28);

    assertThat(raised).hasSize(SelfTestWatch.SINGLE_ALERTS);
    pass(15);
    assertThat(raised).hasSize(SelfTestWatch.SINGLE_ALERTS + 1);
    assertThat(raised.get(SelfTestWatch.SINGLE_ALERTS).alert().fields())
        .containsEntry("count", 195);
  }

  @Test
  void hostileReport_closesTheConnection() throws IOException {
    Wire wire = rig.connect(agent(1));
    Map<String, Long> stages = new LinkedHashMap<>();
    for (long i = 0; i < 100; i++) {
      stages.put("stage" + i, i);
    }

    wire.say(new AgentMessage.SelfTest(1, stages));

    assertThat(wire.peer.closeCode()).isEqualTo(1008);
  }
}
