package whorl.collector.receive.seal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import whorl.collector.receive.AgentConnections;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.TestCollector.World;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.channel.CaptureState;

/** Evidence of agents that are gone, and what becomes of it when they return. */
class SealPartialTest extends SealFixture {
  @Test
  void agentGone_receivedArtifactsAreSealedAsPartial() throws Exception {
    World world = new World();
    try (TestCollector collector = TestCollector.open(root, world)) {
      FakeAgent agent =
          agent()
              .with("alert.json", Json.bytes(Map.of("version", 1, "alert", agent().alert())))
              .seal();
      agent.ship(collector.agentClient, "threads.txt", "threads".getBytes(StandardCharsets.UTF_8));
      agent.ship(
          collector.agentClient, "alert.json", agent.artifacts.get(new ArtifactName("alert.json")));
      String location = agent.create(collector.agentClient, "recording.jfr", 11).header("Location");
      FakeAgent.patch(
          collector.agentClient, location, 0, "a reco".getBytes(StandardCharsets.UTF_8));

      world.now.updateAndGet(now -> now.plus(Duration.ofHours(23)));
      collector.receiver.expire(AgentConnections.UNKNOWN);
      assertThat(collector.told.sealed).isEmpty();

      world.now.updateAndGet(now -> now.plus(Duration.ofHours(2)));
      collector.receiver.expire(AgentConnections.UNKNOWN);

      JsonNode evidence = collector.viewer.get("/api/v1/evidence/" + agent.evidence).json();
      assertThat(evidence.get("state").asText()).isEqualTo("partial");
      assertThat(evidence.get("alert").get("rule").asText()).isEqualTo(agent.alert().rule());
      assertThat(evidence.get("artifacts").findValuesAsText("name"))
          .containsExactly("alert.json", "recording.jfr.part", "threads.txt");
      assertThat(
              collector
                  .viewer
                  .get("/api/v1/evidence/" + agent.evidence + "/artifacts/recording.jfr.part")
                  .text())
          .isEqualTo("a reco");
      assertThat(collector.verifyOffline().problems()).isEmpty();
      assertThat(FakeAgent.head(collector.agentClient, location).status()).isEqualTo(404);
    }
  }

  /** Its JVM was killed: an investigation needs what arrived now, and not a day later. */
  @Test
  void agentConnectedNowhere_isWaitedForTenMinutes() throws Exception {
    World world = new World();
    try (TestCollector collector = TestCollector.open(root, world)) {
      FakeAgent gone = agent().seal();
      FakeAgent slow = new FakeAgent().with("threads.txt", bytes("slow")).seal();
      AgentConnections connections = slow.id::equals;
      pass(world, Duration.ofMinutes(11));
      gone.ship(collector.agentClient, "threads.txt", bytes("the last threads"));
      slow.ship(collector.agentClient, "threads.txt", bytes("slow"));

      pass(world, Duration.ofMinutes(4));
      collector.receiver.expire(connections);
      assertThat(collector.told.sealed).isEmpty();

      pass(world, Duration.ofMinutes(7));
      collector.receiver.expire(connections);
      EvidenceRecord partial = collector.store.record(gone.evidence);
      assertThat(partial.state()).isEqualTo(CaptureState.PARTIAL);
      assertThat(partial.problems())
          .singleElement()
          .asString()
          .contains("was connected no more, and sent nothing for 10 minutes");
      assertThat(collector.store.record(slow.evidence)).isNull();

      assertThat(gone.shipAll(collector.agentClient).status()).isEqualTo(204);
      assertThat(collector.store.record(gone.evidence).state()).isEqualTo(CaptureState.SEALED);
      assertThat(collector.verifyOffline().problems()).isEmpty();
    }
  }

  /** After an outage of the collector, agents that are well need a while to connect again. */
  @Test
  void collectorJustStarted_waitsForAgentsToConnect() throws Exception {
    World world = new World();
    FakeAgent agent = agent().seal();
    try (TestCollector collector = TestCollector.open(root, world)) {
      agent.ship(collector.agentClient, "threads.txt", bytes("threads"));
    }
    pass(world, Duration.ofMinutes(30));
    try (TestCollector collector = TestCollector.open(root, world)) {
      collector.receiver.expire(AgentConnections.NONE);
      assertThat(collector.store.record(agent.evidence)).isNull();

      pass(world, Duration.ofMinutes(11));
      collector.receiver.expire(AgentConnections.NONE);
      assertThat(collector.store.record(agent.evidence).state()).isEqualTo(CaptureState.PARTIAL);
    }
  }

  /** The clock of a shared database moves by twice this. */
  private static void pass(World world, Duration time) {
    world.now.updateAndGet(now -> now.plus(time));
    world.nanos.addAndGet(time.toNanos());
  }

  /** The two would be one file on Windows or macOS, and the bag would not verify for that. */
  @Test
  void nameOfTheReceivedPart_isNoOtherArtifactsInAnotherCase() throws Exception {
    try (TestCollector collector = TestCollector.open(root, new World())) {
      FakeAgent agent = agent().seal();
      agent.ship(collector.agentClient, "Recording.jfr.PART", bytes("what an intruder wants"));
      String location = agent.create(collector.agentClient, "recording.jfr", 11).header("Location");
      FakeAgent.patch(collector.agentClient, location, 0, bytes("a reco"));

      collector.expireUploads();

      assertThat(text(collector, agent, "Recording.jfr.PART")).isEqualTo("what an intruder wants");
      assertThat(text(collector, agent, "recording.jfr.part.2")).isEqualTo("a reco");
      assertThat(collector.verifyOffline().problems()).isEmpty();
      assertThat(verifyBag(collector, agent).problems()).isEmpty();
    }
  }

  @Test
  void agentGoneWithinAHeap_withoutRoomForACopy_waitsForRoom() throws Exception {
    World world = new World();
    try (TestCollector collector = TestCollector.open(root, world)) {
      FakeAgent agent = agent().seal();
      String location =
          agent.createStreamed(collector.agentClient, "heap.hprof.gz").header("Location");
      FakeAgent.patch(collector.agentClient, location, 0, new byte[1000]);
      world.freeBytes.set(TestCollector.LIMITS.freeReserveBytes() + 999);
      world.now.updateAndGet(now -> now.plus(Duration.ofHours(25)));

      collector.receiver.expire(AgentConnections.UNKNOWN);
      assertThat(collector.told.sealed).isEmpty();
      assertThat(FakeAgent.head(collector.agentClient, location).header("Upload-Offset"))
          .isEqualTo("1000");

      world.freeBytes.incrementAndGet();
      collector.receiver.expire(AgentConnections.UNKNOWN);
      assertThat(collector.told.sealed)
          .singleElement()
          .satisfies(
              record -> {
                assertThat(record.state()).isEqualTo(CaptureState.PARTIAL);
                assertThat(record.artifacts())
                    .extracting(part -> part.name() + " " + part.size())
                    .containsExactly("heap.hprof.gz.part 1000");
              });
    }
  }

  @Test
  void agentBackAfterPartial_stillSeals() throws Exception {
    World world = new World();
    FakeAgent agent = agent().seal();
    try (TestCollector collector = TestCollector.open(root, world)) {
      agent.ship(collector.agentClient, "threads.txt", "threads".getBytes(StandardCharsets.UTF_8));
      collector.expireUploads();
      assertThat(collector.store.record(agent.evidence)).isNotNull();

      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);

      assertThat(collector.told.sealed)
          .extracting(record -> record.state().word())
          .containsExactly("partial", "sealed");
      assertThat(collector.verifyOffline().problems()).isEmpty();
    }
    try (TestCollector again = TestCollector.open(root)) {
      assertThat(again.verifyOffline().problems()).isEmpty();
      assertThat(again.catalog.size()).isEqualTo(1);
    }
  }

  /** An agent has no copy of a heap, so it cannot send that again. */
  @Test
  void agentBackAfterPartial_whichHasItsHeap_stillSeals() throws Exception {
    try (TestCollector collector = TestCollector.open(root, new World())) {
      FakeAgent agent = agent().with("heap.hprof.gz", "a heap").seal();
      agent.ship(collector.agentClient, "heap.hprof.gz", bytes("a heap"));
      collector.expireUploads();
      assertThat(collector.store.record(agent.evidence).state()).isEqualTo(CaptureState.PARTIAL);

      agent.artifacts.remove(new ArtifactName("heap.hprof.gz"));
      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);

      assertThat(collector.store.record(agent.evidence).state()).isEqualTo(CaptureState.SEALED);
      assertThat(text(collector, agent, "heap.hprof.gz")).isEqualTo("a heap");
      assertThat(artifact(collector, agent, "heap.hprof.gz").unlisted()).isFalse();
      assertThat(collector.verifyOffline().problems()).isEmpty();
      assertThat(verifyBag(collector, agent).problems()).isEmpty();
    }
  }

  @Test
  void artifactThatCameBefore_withAnotherContent_isStillLacking() throws Exception {
    try (TestCollector collector = TestCollector.open(root, new World())) {
      FakeAgent agent = agent().with("heap.hprof.gz", "a heap").seal();
      agent.ship(collector.agentClient, "heap.hprof.gz", bytes("FORGED"));
      collector.expireUploads();

      agent.artifacts.remove(new ArtifactName("heap.hprof.gz"));
      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(409);

      assertThat(collector.store.record(agent.evidence).state()).isEqualTo(CaptureState.PARTIAL);
    }
  }

  /** As lists of files before and after, between which nothing happened. */
  @Test
  void artifactThatComesAfterPartial_withTheContentOfAnother_isKept() throws Exception {
    try (TestCollector collector = TestCollector.open(root, new World())) {
      FakeAgent agent = agent().seal();
      agent.ship(collector.agentClient, "files.body", bytes("the same files"));
      collector.expireUploads();

      agent.ship(collector.agentClient, "files-later.body", bytes("the same files"));
      collector.expireUploads();

      assertThat(text(collector, agent, "files.body")).isEqualTo("the same files");
      assertThat(text(collector, agent, "files-later.body")).isEqualTo("the same files");
      assertThat(collector.verifyOffline().problems()).isEmpty();
    }
  }

  @Test
  void partialEvidence_growsAndIsNeverReplaced() throws Exception {
    World world = new World();
    FakeAgent agent = agent().seal();
    try (TestCollector collector = TestCollector.open(root, world)) {
      agent.ship(collector.agentClient, "threads.txt", bytes("threads"));
      collector.expireUploads();
      Id hold = agent.evidence;
      assertThat(
              collector
                  .kept
                  .admin
                  .call(
                      "PUT",
                      "/api/v1/evidence/" + hold + "/hold",
                      Map.of("Content-Type", "application/json"),
                      bytes("{\"reason\":\"court\"}"))
                  .status())
          .isBetween(200, 204);

      // An attacker with an agent's token, and with the ids that each bag contains.
      agent.ship(collector.agentClient, "threads.txt", bytes("FORGED"));
      world.now.updateAndGet(now -> now.plus(Duration.ofHours(25)));
      collector.receiver.expire(AgentConnections.UNKNOWN);

      assertThat(text(collector, agent, "threads.txt")).isEqualTo("threads");
      assertThat(text(collector, agent, "threads.txt.2")).isEqualTo("FORGED");
      assertThat(collector.verifyOffline().problems()).isEmpty();
    }
    try (TestCollector again = TestCollector.open(root)) {
      assertThat(text(again, agent, "threads.txt")).isEqualTo("threads");
    }
  }

  @Test
  void sealWithoutAnAcknowledgedArtifact_keepsThatArtifact() throws Exception {
    FakeAgent agent = agent().seal();
    try (TestCollector collector = TestCollector.open(root)) {
      agent.ship(collector.agentClient, "secret.txt", bytes("what the intruder did"));
      agent.ship(collector.agentClient, "threads.txt", bytes("other threads"));
      collector.expireUploads();

      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
    }
    try (TestCollector again = TestCollector.open(root)) {
      assertThat(again.store.record(agent.evidence).state()).isEqualTo(CaptureState.SEALED);
      assertThat(text(again, agent, "secret.txt")).isEqualTo("what the intruder did");
      assertThat(text(again, agent, "threads.txt")).isEqualTo("threads");
      assertThat(text(again, agent, "threads.txt.2")).isEqualTo("other threads");
      assertThat(again.verifyOffline().problems()).isEmpty();
    }
  }

  @Test
  void refusedSealOfPartialEvidence_leavesItVerifiable() throws Exception {
    FakeAgent agent = agent().seal();
    try (TestCollector collector = TestCollector.open(root)) {
      agent.ship(collector.agentClient, "threads.txt", bytes("threads"));
      collector.expireUploads();
      byte[] envelope = agent.envelopeJson();
      agent.sealed(agent.manifestJson(), bytes("{}"));

      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(422);

      assertThat(collector.store.record(agent.evidence).state()).isEqualTo(CaptureState.PARTIAL);
      assertThat(collector.verifyOffline().problems()).isEmpty();
      agent.sealed(agent.manifestJson(), envelope);
      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
      assertThat(collector.verifyOffline().problems()).isEmpty();
    }
  }

  @Test
  void namesTooLongForASuffix_areStillKept() throws Exception {
    World world = new World();
    try (TestCollector collector = TestCollector.open(root, world)) {
      FakeAgent agent = agent().seal();
      List<String> names =
          List.of("a".repeat(122) + "/bbbbb", "a".repeat(122) + ".bbbbb", "b".repeat(128));
      for (String name : names) {
        String location = agent.create(collector.agentClient, name, 200).header("Location");
        FakeAgent.patch(collector.agentClient, location, 0, bytes("the beginning of " + name));
      }
      world.now.updateAndGet(now -> now.plus(Duration.ofHours(25)));

      collector.receiver.expire(AgentConnections.UNKNOWN);

      assertThat(collector.store.record(agent.evidence).artifacts()).hasSize(names.size());
      assertThat(collector.verifyOffline().problems()).isEmpty();
    }
  }
}
