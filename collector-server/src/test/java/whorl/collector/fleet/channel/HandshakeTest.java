package whorl.collector.fleet.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.collector.fleet.channel.FleetRig.agent;
import static whorl.collector.fleet.channel.FleetRig.event;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.http.request.AgentProof;
import whorl.collector.http.request.FakeRequest;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Role;
import whorl.collector.http.server.ChannelEndpoint;
import whorl.collector.store.records.AgentRecord;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Json;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CollectorMessage;

/** Hello, challenge and proof: who is admitted, and until when. */
class HandshakeTest {
  @TempDir Path folder;
  private final ManualTime time = new ManualTime();
  private FleetRig rig;

  @BeforeEach
  void open() throws IOException {
    rig = new FleetRig(folder, time);
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
  }

  /** An index of PostgreSQL takes no longer one, and would keep other agents' alerts from it. */
  @Test
  void serviceWithALongName_isCut() throws IOException {
    Wire wire = rig.connect(agent(1, "\u4e2d".repeat(1_000), "prod"));

    assertThat(rig.fleet.isConnectedHere(wire.id())).isTrue();
    assertThat(rig.fleet.agent(wire.id()).identity().service()).hasSize(256).endsWith("…");
  }

  /** It is in memory as long as the agent is connected, and an intruder can be thousands. */
  @Test
  void whatAnAgentSaysOfItself_isCut() throws IOException {
    AgentIdentity usual = agent(1);
    Map<String, String> labels = new LinkedHashMap<>();
    Map<String, Object> capabilities = new LinkedHashMap<>();
    Map<String, Long> losses = new LinkedHashMap<>();
    for (int i = 0; i < 256; i++) {
      labels.put("label-" + i, "x".repeat(1_000));
      capabilities.put("capability-" + i, Collections.nCopies(250, Map.of()));
      losses.put("loss-" + i + "x".repeat(1_000), 1L);
    }
    Wire wire =
        rig.connect(
            new AgentIdentity(
                usual.id(),
                usual.service(),
                usual.namespace(),
                labels,
                usual.pod(),
                usual.podUid(),
                usual.container(),
                usual.host(),
                usual.pid(),
                usual.jvm(),
                usual.agentVersion()));
    wire.say(new AgentMessage.Status(losses, capabilities, null));

    AgentRecord kept = rig.fleet.agent(wire.id());
    assertThat(wire.peer.closeCode()).isZero();
    assertThat(kept.identity().labels()).hasSizeBetween(1, 17);
    assertThat(kept.losses()).hasSizeBetween(1, 17);
    assertThat(kept.capabilities()).hasSizeLessThan(5);
  }

  @Test
  void hello_getsWelcomeFirst_andListsTheAgent() throws IOException {
    Wire wire = rig.connect(agent(1));

    assertThat(wire.peer.received(CollectorMessage.class))
        .containsExactly(new CollectorMessage.Welcome(10, ManualTime.START, 2, true));
    JsonNode listed = FakeRequest.get("/api/v1/agents").json(rig.agentRoutes).get("agents").get(0);
    assertThat(listed.properties().stream().map(Map.Entry::getKey))
        .containsExactly(
            "id",
            "service",
            "namespace",
            "labels",
            "pod",
            "container",
            "host",
            "pid",
            "jvm",
            "agentVersion",
            "connected",
            "lastSeen",
            "capabilities",
            "losses",
            "costs",
            "chain",
            "owner");
    assertThat(listed.get("id").asText()).isEqualTo(wire.id().value());
    assertThat(listed.get("connected").asBoolean()).isTrue();
    assertThat(listed.get("capabilities").get("jfr").asBoolean()).isTrue();
  }

  @Test
  void hello_late_isClosed() {
    Wire wire = rig.dial(agent(1));
    time.pass(Duration.ofSeconds(11));
    rig.channel.closeExpired();

    assertThat(wire.peer.closeCode()).isEqualTo(1008);
    assertThat(wire.peer.closeReason()).contains("no hello within 10 s");
    assertThat(rig.counters.lateHellos()).isEqualTo(1);
    wire.say(new AgentMessage.Hello(agent(1), null, Map.of()));
    assertThat(rig.fleet.connectedAgents()).isZero();
  }

  @Test
  void proofThatExpired_closesTheChannel_soThatANewOneIsShown() {
    AgentProof proof =
        AgentProof.ofPod(
            "https://issuer",
            "shop",
            "web",
            "web-1",
            "uid-1",
            ManualTime.START.plus(Duration.ofHours(1)));
    FakePeer peer = new FakePeer();
    ChannelEndpoint.Listener listener =
        rig.channel.opened(peer, new Principal(Role.AGENT, proof.name(), proof));
    listener.text(Json.text(new AgentMessage.Hello(agent(1), null, Map.of())));
    assertThat(rig.fleet.standings().connectedByProof()).containsEntry("service-account", 1.0);

    time.pass(Duration.ofMinutes(64));
    listener.text(Json.text(new AgentMessage.Status(Map.of(), null, null)));
    rig.channel.closeExpired();
    assertThat(peer.closeCode()).isZero();

    time.pass(Duration.ofMinutes(2));
    listener.text(Json.text(new AgentMessage.Status(Map.of(), null, null)));
    rig.channel.closeExpired();
    assertThat(peer.closeCode()).isEqualTo(4003);
    assertThat(peer.closeReason()).contains("has expired; connect with a new one");
  }

  @Test
  void hello_thatWaitedForTheCollector_isNotLate() {
    Wire wire = rig.dial(agent(1));
    wire.peer.waits(true);
    time.pass(Duration.ofSeconds(60));
    rig.channel.closeExpired();
    assertThat(wire.peer.closeCode()).isZero();

    SigningKey key = SigningKey.generate();
    wire.hello(key.publicKey());
    wire.peer.waits(false);
    rig.channel.closeExpired();
    assertThat(wire.peer.closeCode()).describedAs("it has ten seconds for the proof").isZero();
    wire.prove(key);
    assertThat(rig.fleet.isConnectedHere(wire.id())).isTrue();
    assertThat(rig.counters.lateHellos()).isZero();
  }

  @Test
  void helloAndProof_haveTenSecondsEach() {
    SigningKey key = SigningKey.generate();
    Wire wire = rig.dial(agent(1));
    time.pass(Duration.ofSeconds(9));
    wire.hello(key.publicKey());
    time.pass(Duration.ofSeconds(9));
    rig.channel.closeExpired();
    wire.prove(key);

    assertThat(rig.fleet.isConnectedHere(wire.id())).isTrue();
  }

  @Test
  void hello_ofAnAgentThatHasGivenUp_costsNothing() {
    Wire wire = rig.dial(agent(1));
    wire.peer.go();
    wire.hello();
    wire.listener.closed();

    assertThat(rig.fleet.connectedAgents()).isZero();
    assertThat(rig.counters.connections()).isZero();
    assertThat(rig.counters.abandonedHandshakes()).isEqualTo(1);
  }

  @Test
  void anythingBeforeHello_isClosed() {
    Wire wire = rig.dial(agent(1));
    wire.say(new AgentMessage.Journal(List.of(event(1))));

    assertThat(wire.peer.closeCode()).isEqualTo(1008);
    assertThat(wire.peer.closeReason()).contains("hello");
  }

  @Test
  void anotherRole_isClosed() {
    FakePeer peer = new FakePeer();
    rig.channel.opened(peer, new Principal(Role.ADMIN, "admin-00000000"));

    assertThat(peer.closeCode()).isEqualTo(1008);
  }

  @Test
  void otherKey_isRefusedAndRecorded_andTheFirstStaysConnected() throws IOException {
    SigningKey key = SigningKey.generate();
    SigningKey other = SigningKey.generate();
    Wire first = rig.connect(agent(1), key);
    Wire intruder = rig.connect(agent(1), other);
    Wire keyless = rig.connect(agent(1));
    rig.connect(agent(1), other);

    assertThat(intruder.peer.closeCode()).isEqualTo(1008);
    assertThat(intruder.peer.closeReason()).contains("another key");
    assertThat(keyless.peer.closeCode()).isEqualTo(1008);
    assertThat(first.peer.closeCode()).isZero();
    assertThat(rig.fleet.isEnrolled(first.id())).isTrue();
    assertThat(rig.counters.refusedKeys()).isEqualTo(3);
    // the same refusal is recorded once
    assertThat(rig.custody)
        .containsExactly(
            "enrolled agent-00000001", "refused agent-00000001", "refused agent-00000001");
  }

  @Test
  void publicKeyWithoutItsPrivateKey_isRefusedAndRecorded_andTheOwnerStaysConnected() {
    SigningKey key = SigningKey.generate();
    Wire owner = rig.connect(agent(1), key);
    Wire thief = rig.dial(agent(1));
    thief.hello(key.publicKey());
    thief.prove(SigningKey.generate());

    assertThat(thief.peer.closeCode()).isEqualTo(1008);
    assertThat(thief.peer.closeReason()).contains("does not hold the key");
    assertThat(thief.peer.received(CollectorMessage.Welcome.class)).isEmpty();
    assertThat(owner.peer.closeCode()).isZero();
    assertThat(rig.custody).containsExactly("enrolled agent-00000001", "refused agent-00000001");
  }

  @Test
  void helloAndProofOfAnotherConnection_areRefused() throws IOException {
    SigningKey key = SigningKey.generate();
    Wire owner = rig.dial(agent(1));
    owner.hello(key.publicKey());
    String nonce = owner.peer.received(CollectorMessage.Challenge.class).get(0).nonce();
    AgentMessage.Proof proof = new AgentMessage.Proof(key.prove(owner.id(), nonce));
    owner.say(proof);
    Wire replay = rig.dial(agent(1));
    replay.hello(key.publicKey());
    replay.say(proof);

    assertThat(owner.peer.received(CollectorMessage.Welcome.class)).hasSize(1);
    assertThat(replay.peer.closeCode()).isEqualTo(1008);
    assertThat(rig.fleet.isConnected(owner.id())).isTrue();
    assertThat(owner.peer.closeCode()).isZero();
  }

  @Test
  void messageBetweenChallengeAndProof_closesTheChannel_andIsIgnored() {
    SigningKey key = SigningKey.generate();
    Wire wire = rig.dial(agent(1));
    wire.hello(key.publicKey());
    wire.say(new AgentMessage.Journal(List.of(event(1))));

    assertThat(wire.peer.closeCode()).isEqualTo(1008);
    assertThat(rig.counters.journalEvents()).isZero();
    assertThat(rig.custody).isEmpty();
  }

  @Test
  void proof_late_isClosed() {
    SigningKey key = SigningKey.generate();
    Wire wire = rig.dial(agent(1));
    wire.hello(key.publicKey());
    time.pass(Duration.ofSeconds(11));
    rig.channel.closeExpired();
    wire.prove(key);

    assertThat(wire.peer.closeCode()).isEqualTo(1008);
    assertThat(rig.fleet.connectedAgents()).isZero();
  }

  @Test
  void moreThanAThousandNewKeysAMinuteFromOneAddress_areDeferred() {
    SigningKey key = SigningKey.generate();
    for (int i = 0; i < 1_000; i++) {
      rig.connect(agent(i), key);
    }
    Wire late = rig.connect(agent(1_000), key);
    Wire known = rig.connect(agent(7), key);

    assertThat(late.peer.closeCode()).isEqualTo(1013);
    assertThat(known.peer.closeCode()).isZero();
    time.pass(Duration.ofSeconds(61));
    assertThat(rig.connect(agent(1_000), key).peer.closeCode()).isZero();
  }

  /** An agent without a key costs no entry in custody, but room among the agents that are known. */
  @Test
  void moreThanAThousandNewAgentsWithoutAKeyAMinuteFromOneAddress_areDeferred() {
    for (int i = 0; i < 1_000; i++) {
      rig.connect(agent(i));
    }
    Wire late = rig.connect(agent(1_000));
    Wire known = rig.connect(agent(7));

    assertThat(late.peer.closeCode()).isEqualTo(1013);
    assertThat(known.peer.closeCode()).isZero();
    time.pass(Duration.ofSeconds(61));
    assertThat(rig.connect(agent(1_000)).peer.closeCode()).isZero();
  }

  @Test
  void badKey_isRefused() {
    Wire wire = rig.dial(agent(1));
    wire.hello("bm90IGEga2V5");

    assertThat(wire.peer.closeCode()).isEqualTo(1008);
    assertThat(rig.custody).isEmpty();
  }

  @Test
  void enrolledKey_survivesARestart_andTheAgentsDeletion() throws IOException {
    SigningKey key = SigningKey.generate();
    rig.connect(agent(1), key).listener.closed();
    rig.fleet.save();
    time.pass(Duration.ofDays(40));
    rig.fleet.forget();
    rig.close();
    rig = new FleetRig(folder, time);

    assertThat(rig.fleet.agent(agent(1).id())).isNull();
    Wire intruder = rig.connect(agent(1), SigningKey.generate());
    assertThat(intruder.peer.closeCode()).isEqualTo(1008);
    Wire own = rig.connect(agent(1), key);
    assertThat(own.peer.closeCode()).isZero();
  }
}
