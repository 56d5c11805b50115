package whorl.collector.fleet.captures;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.collector.fleet.channel.FleetRig.agent;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.CaptureProgress;
import whorl.evidence.channel.AgentMessage.Goodbye;
import whorl.evidence.channel.CaptureState;
import whorl.evidence.channel.CollectorMessage.StartCapture;

/** Captures of agents that go away, come back, or begin by themselves. */
class CaptureEndTest extends CapturesFixture {
  @Test
  void agentThatDisconnectsBeforeItBegins_getsTheRequestAgain() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id id = begin(wire);
    wire.listener.closed();
    time.pass(Duration.ofSeconds(50));
    rig.captures.checkTimeouts();

    Wire back = rig.connect(agent(1));
    assertThat(back.captureRequests()).extracting(StartCapture::capture).containsExactly(id);
    assertThat(rig.captureCounters.resent()).isEqualTo(1);
    time.pass(Duration.ofSeconds(50));
    rig.captures.checkTimeouts();
    assertThat(state(id)).isEqualTo("requested");
  }

  @Test
  void agentThatMissedTheRequest_getsItWhenItReconnects() throws IOException {
    Wire wire = rig.connect(agent(1));
    wire.peer.stopReading();
    Id id = begin(wire);

    assertThat(rig.connect(agent(1)).captureRequests())
        .extracting(StartCapture::capture)
        .containsExactly(id);
  }

  @Test
  void agentGoneForAMinute_failsOrIsPartial_andContinuesWhenItReconnects() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id requested = begin(wire);
    Id shipping = begin(wire);
    wire.say(new CaptureProgress(shipping, EVIDENCE, CaptureState.SHIPPING, 100, 300, null));
    wire.say(new Goodbye("the JVM ends"));
    wire.listener.closed();
    time.pass(Duration.ofSeconds(61));
    rig.captures.checkTimeouts();

    assertThat(state(requested)).isEqualTo("failed");
    assertThat(get(requested).get("failure").asText()).contains("before it began");
    assertThat(state(shipping)).isEqualTo("partial");
    assertThat(get(shipping).get("failure").asText()).contains("did not come back");

    Wire back = rig.connect(agent(1));
    assertThat(back.captureRequests()).isEmpty();
    back.say(new CaptureProgress(shipping, EVIDENCE, CaptureState.SHIPPING, 200, 300, null));
    assertThat(state(shipping)).isEqualTo("shipping");
    assertThat(get(shipping).get("failure").isNull()).isTrue();
    rig.captures.sealed(seal(requested, wire.id(), CaptureState.SEALED));
    assertThat(state(requested)).isEqualTo("sealed");
    assertThat(get(requested).get("failure").isNull()).isTrue();
  }

  @Test
  void partialFromTheReceiver_isOnlyReplacedBySealed() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id id = begin(wire);
    rig.captures.sealed(
        new SealedCapture(
            id,
            wire.id(),
            "shop",
            EVIDENCE,
            CaptureState.PARTIAL,
            "x",
            null,
            time.instant(),
            "expired"));
    wire.say(new CaptureProgress(id, EVIDENCE, CaptureState.SHIPPING, 1, 2, null));
    assertThat(state(id)).isEqualTo("partial");
    rig.captures.sealed(seal(id, wire.id(), CaptureState.SEALED));
    assertThat(state(id)).isEqualTo("sealed");
  }

  @Test
  void agentThatNeverBegins_timesOut() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id id = begin(wire);
    time.pass(Duration.ofMinutes(16));
    rig.captures.checkTimeouts();
    assertThat(get(id).get("failure").asText()).contains("15 minutes");
  }

  @Test
  void anotherAgentsCapture_isUnchanged() throws IOException {
    Wire owner = rig.connect(agent(1));
    Wire other = rig.connect(agent(2));
    Id id = begin(owner);
    other.say(new CaptureProgress(id, null, CaptureState.FAILED, 0, 0, "sabotage"));
    rig.captures.sealed(seal(id, other.id(), CaptureState.SEALED));

    assertThat(state(id)).isEqualTo("requested");
    assertThat(rig.captureCounters.foreignProgress()).isEqualTo(2);
  }

  @Test
  void captureBegunByTheAgent_isRegisteredByItsProgressOrItsEvidence() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id own = new Id("capture-of-its-own");
    wire.say(new CaptureProgress(own, EVIDENCE, CaptureState.RUNNING, 0, 0, null));
    assertThat(state(own)).isEqualTo("running");

    Id unseen = new Id("capture-never-told");
    rig.captures.sealed(seal(unseen, wire.id(), CaptureState.SEALED));
    assertThat(state(unseen)).isEqualTo("sealed");
    assertThat(get(unseen).get("reason").asText()).isEqualTo("why");
  }

  @Test
  void captureWhoseEvidenceCameBeforeItsAlert_staysSealed() throws IOException {
    Wire wire = rig.connect(agent(1));
    rig.connect(agent(2));
    Id early = new Id("capture-sealed-first");
    rig.captures.sealed(seal(early, wire.id(), CaptureState.SEALED));

    assertThat(rig.captures.begun(agent(1), early, "an alert", null)).isTrue();
    assertThat(rig.captures.begun(agent(2), early, "sabotage", null)).isFalse();

    assertThat(state(early)).isEqualTo("sealed");
    assertThat(get(early).get("agent").asText()).isEqualTo(wire.id().value());
  }

  @Test
  void restart_keepsCaptures_andSendsRequestsAgain() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id requested = begin(wire);
    Id running = begin(wire);
    wire.say(new CaptureProgress(running, EVIDENCE, CaptureState.RUNNING, 0, 0, null));
    rig.close();
    rig = new FleetRig(folder, time);

    Wire back = rig.connect(agent(1));
    assertThat(back.captureRequests()).extracting(StartCapture::capture).containsExactly(requested);
    assertThat(state(running)).isEqualTo("running");
  }
}
