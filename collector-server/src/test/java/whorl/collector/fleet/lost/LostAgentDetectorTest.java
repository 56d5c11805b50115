package whorl.collector.fleet.lost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static whorl.collector.fleet.channel.FleetRig.agent;
import static whorl.collector.fleet.channel.FleetRig.event;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
import whorl.evidence.Level;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.AgentMessage;

class LostAgentDetectorTest {
  @TempDir Path folder;
  private final ManualTime time = new ManualTime();
  private final List<Raised> raised = new ArrayList<>();
  private FleetRig rig;

  private record Raised(Alert alert, @Nullable AgentIdentity agent, List<EventLine> journal) {}

  @BeforeEach
  void open() throws IOException {
    rig = new FleetRig(folder, time);
    rig.lostAgentSink = (alert, agent, journal) -> raised.add(new Raised(alert, agent, journal));
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

  @Test
  void lostConnection_raisesAnAlertIfTheAgentDoesNotReconnectInTime() throws IOException {
    Wire wire = rig.connect(agent(1));
    wire.say(new AgentMessage.Journal(List.of(event(1), event(2))));
    wire.listener.closed();

    pass(89);
    assertThat(raised).isEmpty();
    pass(1);

    assertThat(raised).hasSize(1);
    Alert alert = raised.get(0).alert();
    assertThat(alert.rule()).isEqualTo("collector.agent-silent");
    assertThat(alert.level()).isEqualTo(Level.HIGH);
    assertThat(alert.source()).isEqualTo("collector");
    assertThat(alert.time()).isEqualTo(ManualTime.START);
    assertThat(alert.title()).isEqualTo("Agent Fell Silent without a Goodbye");
    assertThat(alert.description())
        .contains("90 s ago", "SIGKILL", "crashed", "cut off", "hs_err", "OOMKilled");
    assertThat(alert.fields())
        .containsEntry("agent", wire.id().value())
        .containsEntry("lastSeen", ManualTime.START.toString())
        .containsEntry("channel", "lost");
    assertThat(raised.get(0).agent()).isEqualTo(agent(1));
    assertThat(raised.get(0).journal()).extracting(EventLine::sequence).containsExactly(1L, 2L);
    pass(300);
    assertThat(raised).hasSize(1);
  }

  @Test
  void goodbye_raisesNoAlert() throws IOException {
    Wire wire = rig.connect(agent(1));
    wire.say(new AgentMessage.Goodbye("the JVM ends"));
    wire.listener.closed();

    pass(300);

    assertThat(raised).isEmpty();
  }

  @Test
  void agentThatReconnectsInTime_raisesNoAlert() throws IOException {
    rig.connect(agent(1)).listener.closed();
    pass(80);
    Wire again = rig.connect(agent(1));
    again.say(new AgentMessage.Status(java.util.Map.of(), null, null));
    pass(25);

    assertThat(raised).isEmpty();
    assertThat(rig.lostAgents.ifGone(Duration.ZERO)).isEmpty();
  }

  @Test
  void missedHeartbeats_raiseAnAlert() throws IOException {
    rig.connect(agent(1));

    pass(30 + 1 + 90);

    assertThat(raised).hasSize(1);
    assertThat(raised.get(0).alert().fields()).containsEntry("channel", "three heartbeats missed");
    assertThat(raised.get(0).alert().time()).isEqualTo(ManualTime.START);
  }

  @Test
  void replacedConnection_raisesNoAlert() throws IOException {
    Wire first = rig.connect(agent(1));
    Wire second = rig.connect(agent(1));
    first.listener.closed();
    second.say(new AgentMessage.Status(java.util.Map.of(), null, null));
    pass(20);
    second.say(new AgentMessage.Goodbye("the JVM ends"));
    second.listener.closed();
    pass(200);

    assertThat(raised).isEmpty();
  }

  @Test
  void manyAgentsLostTogether_raiseOneAlert() throws IOException {
    List<Wire> wires = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      wires.add(rig.connect(agent(i, i % 2 == 0 ? "shop" : "till", "prod")));
    }
    for (int i = 0; i < 500; i++) {
      wires.get(i).listener.closed();
      if (i % 25 == 0) {
        time.pass(Duration.ofSeconds(1));
      }
    }
    pass(200);

    assertThat(raised).hasSize(1);
    assertThat(raised.get(0).agent()).isNull();
    Alert alert = raised.get(0).alert();
    assertThat(alert.title()).isEqualTo("500 Agents Fell Silent Together without a Goodbye");
    assertThat(alert.fields())
        .containsEntry("count", 500)
        .containsEntry("services", "shop (250), till (250)");
    assertThat(alert.fields().get("agents").toString()).contains("and 450 more");
    assertThat(rig.lostAgents.ifGone(Duration.ZERO)).isEmpty();
  }

  @Test
  void victimAmongDecoys_isNamedFirst_withItsJournal() throws IOException {
    Wire victim = rig.connect(agent(999, "bank", "prod"), SigningKey.generate());
    victim.say(new AgentMessage.Journal(List.of(FleetRig.event(7))));
    time.pass(Duration.ofMinutes(5));
    victim.say(new AgentMessage.Status(Map.of(), null, null));
    List<Wire> decoys = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      decoys.add(rig.connect(agent(i), i % 2 == 0 ? null : SigningKey.generate()));
    }
    decoys.forEach(decoy -> decoy.listener.closed());
    victim.listener.closed();
    pass(200);

    assertThat(raised).hasSize(1);
    assertThat(raised.get(0).alert().fields().get("agents").toString())
        .startsWith(victim.id() + " (bank), ");
    assertThat(raised.get(0).journal()).contains(FleetRig.event(7));
  }

  @Test
  void partitionThatEnds_raisesNoAlert_exceptForAgentsThatStayAway() throws IOException {
    for (int i = 0; i < 20; i++) {
      rig.connect(agent(i)).listener.closed();
    }
    pass(60);
    for (int i = 0; i < 19; i++) {
      Wire back = rig.connect(agent(i));
      back.say(new AgentMessage.Goodbye("the JVM ends"));
      back.listener.closed();
    }
    pass(60);

    assertThat(raised).hasSize(1);
    assertThat(raised.get(0).agent()).isEqualTo(agent(19));
  }

  @Test
  void alertThatCannotBeStored_doesNotKeepBackThoseAboutOthers() throws IOException {
    LostAgentSink works = rig.lostAgentSink;
    rig.lostAgentSink =
        (alert, agent, journal) -> {
          if (agent(1).equals(agent)) {
            throw new IOException("no index takes this name");
          }
          works.lostAgents(alert, agent, journal);
        };
    rig.connect(agent(1)).listener.closed();
    pass(40);
    rig.connect(agent(2)).listener.closed();
    pass(49);
    assertThatThrownBy(() -> pass(1)).hasMessageEndingWith("no index takes this name");
    for (int i = 0; i < 40; i++) {
      time.pass(Duration.ofSeconds(1));
      assertThatThrownBy(rig::tick).hasMessageEndingWith("no index takes this name");
    }

    assertThat(raised).singleElement().extracting(Raised::agent).isEqualTo(agent(2));
  }

  @Test
  void alertThatCannotBeStored_isRaisedAgain() throws IOException {
    LostAgentSink works = rig.lostAgentSink;
    rig.lostAgentSink =
        (alert, agent, journal) -> {
          throw new IOException("disk full");
        };
    rig.connect(agent(1)).listener.closed();
    pass(89);
    assertThatThrownBy(() -> pass(1)).hasMessageEndingWith("disk full");
    rig.lostAgentSink = works;
    pass(1);

    assertThat(raised).hasSize(1);
  }
}
