package whorl.collector.fleet.captures;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.collector.fleet.channel.FleetRig.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.CaptureProgress;
import whorl.evidence.channel.CaptureState;

/** How far a capture is, as its agent and the receiver report it. */
class CaptureProgressTest extends CapturesFixture {
  @Test
  void capture_goesFromRequestedToSealed() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id id = begin(wire);
    assertThat(state(id)).isEqualTo("requested");

    wire.say(new CaptureProgress(id, EVIDENCE, CaptureState.RUNNING, 0, 0, null));
    assertThat(state(id)).isEqualTo("running");
    wire.say(new CaptureProgress(id, EVIDENCE, CaptureState.SHIPPING, 100, 300, null));
    rig.captures.received(id, wire.id(), 200, 0);
    wire.say(new CaptureProgress(id, EVIDENCE, CaptureState.RUNNING, 50, 0, null));
    wire.say(new CaptureProgress(id, EVIDENCE, CaptureState.SEALED, 0, 0, null));
    JsonNode shipping = get(id);
    assertThat(shipping.get("state").asText()).isEqualTo("shipping");
    assertThat(shipping.get("progress").get("bytes").asLong()).isEqualTo(200);
    assertThat(shipping.get("progress").get("of").asLong()).isEqualTo(300);
    assertThat(shipping.get("sealedAt").isNull()).isTrue();

    rig.captures.sealed(seal(id, wire.id(), CaptureState.SEALED));
    rig.captures.sealed(seal(id, wire.id(), CaptureState.SEALED));
    assertThat(rig.captureCounters.sealed()).isEqualTo(1);
    JsonNode sealed = get(id);
    assertThat(sealed.get("state").asText()).isEqualTo("sealed");
    assertThat(sealed.get("evidence").asText()).isEqualTo(EVIDENCE.value());
    assertThat(sealed.get("sealedAt").asText()).isEqualTo(time.instant().toString());

    wire.say(new CaptureProgress(id, EVIDENCE, CaptureState.FAILED, 0, 0, "too late"));
    assertThat(state(id)).isEqualTo("sealed");
  }

  @Test
  void heapBytes_growWhileTheAgentIsSilent_withUnknownTotal() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id id = begin(wire);
    wire.say(new CaptureProgress(id, EVIDENCE, CaptureState.RUNNING, 0, 0, null));
    for (long bytes = 1 << 20; bytes < 6L << 30; bytes += 1L << 30) {
      rig.captures.received(id, wire.id(), bytes, bytes);
      assertThat(get(id).get("state").asText()).isEqualTo("running");
      assertThat(get(id).at("/progress/bytes").asLong()).isEqualTo(bytes);
      assertThat(get(id).at("/progress/of").asLong()).isZero();
    }
  }

  @Test
  void spoolNumbers_afterAStreamedHeap_neverReduceTheProgress() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id id = begin(wire);
    rig.captures.received(id, wire.id(), 900, 900);

    wire.say(new CaptureProgress(id, EVIDENCE, CaptureState.SHIPPING, 0, 300, null));
    assertThat(get(id).get("progress").toString()).isEqualTo("{\"bytes\":900,\"of\":1200}");
    rig.captures.received(id, wire.id(), 1000, 900);
    wire.say(new CaptureProgress(id, EVIDENCE, CaptureState.SHIPPING, 100, 300, null));
    assertThat(get(id).get("progress").toString()).isEqualTo("{\"bytes\":1000,\"of\":1200}");
    rig.captures.received(id, wire.id(), 1200, 900);
    assertThat(get(id).get("progress").toString()).isEqualTo("{\"bytes\":1200,\"of\":1200}");
  }

  @Test
  void withdrawnUpload_neverReducesTheProgress() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id id = begin(wire);
    rig.captures.received(id, wire.id(), 500, 500);
    rig.captures.received(id, wire.id(), 10, 10);
    assertThat(get(id).at("/progress/bytes").asLong()).isEqualTo(500);

    wire.say(new CaptureProgress(id, EVIDENCE, CaptureState.SHIPPING, 0, 30, null));
    assertThat(get(id).at("/progress/of").asLong()).isEqualTo(40);
  }

  @Test
  void hugeNumbers_doNotOverflow() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id id = begin(wire);
    rig.captures.received(id, wire.id(), 900, 900);
    wire.say(
        new CaptureProgress(id, EVIDENCE, CaptureState.SHIPPING, -5, Long.MAX_VALUE - 1, null));
    assertThat(get(id).at("/progress/bytes").asLong()).isEqualTo(900);
    assertThat(get(id).at("/progress/of").asLong()).isPositive();
  }

  @Test
  void bytesForAnotherAgentsCapture_areIgnored() throws IOException {
    Wire owner = rig.connect(agent(1));
    Wire other = rig.connect(agent(2));
    Id id = begin(owner);
    rig.captures.received(id, other.id(), 100, 100);

    assertThat(get(id).at("/progress/bytes").asLong()).isZero();
    assertThat(rig.captureCounters.foreignProgress()).isEqualTo(1);
  }

  @Test
  void arrivingBytes_keepTheCaptureOfADisconnectedAgentOpen() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id id = begin(wire);
    wire.say(new CaptureProgress(id, EVIDENCE, CaptureState.RUNNING, 0, 0, null));
    wire.listener.closed();
    for (int i = 1; i <= 4; i++) {
      time.pass(Duration.ofSeconds(40));
      rig.captures.received(id, wire.id(), i, i);
      rig.captures.checkTimeouts();
      assertThat(state(id)).isEqualTo("running");
    }

    time.pass(Duration.ofSeconds(61));
    rig.captures.checkTimeouts();
    assertThat(state(id)).isEqualTo("partial");
  }

  @Test
  void failure_showsTheReason() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id id = begin(wire);
    wire.say(new CaptureProgress(id, null, CaptureState.FAILED, 0, 0, "no room"));

    assertThat(get(id).get("state").asText()).isEqualTo("failed");
    assertThat(get(id).get("failure").asText()).isEqualTo("no room");
    assertThat(rig.captureCounters.failed()).isEqualTo(1);
  }

  /** An agent can begin captures without end, and all of their reasons are in the records. */
  @Test
  void failure_isShort_whateverTheAgentSays() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id id = begin(wire);
    wire.say(new CaptureProgress(id, null, CaptureState.FAILED, 0, 0, "x".repeat(500_000)));

    assertThat(get(id).get("failure").asText()).hasSize(1_000).startsWith("xxx").endsWith("…");
  }

  /** A manifest can list an artifact twenty thousand times, which is a problem each. */
  @Test
  void problemsOfEvidence_areShortInItsCapture() throws IOException {
    Wire wire = rig.connect(agent(1));
    Id id = begin(wire);
    rig.captures.sealed(
        new SealedCapture(
            id,
            wire.id(),
            "shop",
            EVIDENCE,
            CaptureState.FAILED,
            "why",
            null,
            time.instant(),
            "manifest.json must not list a here; ".repeat(100_000)));

    assertThat(get(id).get("failure").asText()).hasSize(1_000).startsWith("manifest.json must");
  }

  @Test
  void evidenceOfOthers_thatAnAgentNames_isNotDescribed() throws IOException {
    rig.database.update(
        "INSERT INTO evidence (id, capture, agent, service, state, sealed_at, record, class, bytes,"
            + " examined, finding_level, finding_title) VALUES (?, 'capture-0009',"
            + " 'agent-00000009', 'bank', 'sealed', 1, '{}', 'alert', 0, 1, 5, 'A Secret')",
        EVIDENCE.value());
    Wire wire = rig.connect(agent(1));
    Id id = begin(wire);
    wire.say(new CaptureProgress(id, EVIDENCE, CaptureState.SHIPPING, 1, 2, null));
    assertThat(get(id).get("gravest").isNull()).isTrue();

    rig.captures.sealed(seal(id, wire.id(), CaptureState.SEALED));
    assertThat(get(id).at("/gravest/title").asText()).isEqualTo("A Secret");
  }
}
