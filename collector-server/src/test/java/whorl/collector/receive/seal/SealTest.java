package whorl.collector.receive.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.evidence.HeapFacts.Content.FULL;
import static whorl.evidence.HeapFacts.Content.REDACTED;
import static whorl.evidence.HeapFacts.Path.FILE;
import static whorl.evidence.HeapFacts.Path.STREAM;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.TestCollector.World;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Envelope;
import whorl.evidence.HeapFacts;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Manifest;
import whorl.evidence.Missing;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.CaptureState;

class SealTest {
  @TempDir Path root;

  private static FakeAgent agent() {
    return new FakeAgent()
        .with("recording.jfr", "a recording")
        .with("threads.txt", "threads")
        .with("empty.txt", "");
  }

  @Test
  void everythingShipped_isSealedVerifiedAndReported() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      FakeAgent agent = agent().seal();

      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);

      JsonNode evidence = collector.viewer.get("/api/v1/evidence/" + agent.evidence).json();
      assertThat(evidence.get("state").asText()).isEqualTo("sealed");
      assertThat(evidence.get("service").asText()).isEqualTo("shop");
      assertThat(evidence.get("alert").get("rule").asText()).isEqualTo("process-start");
      assertThat(evidence.get("signature").get("verified").asBoolean()).isTrue();
      assertThat(evidence.get("artifacts").findValuesAsText("name"))
          .containsExactly(
              "empty.txt", "manifest.dsse.json", "manifest.json", "recording.jfr", "threads.txt");
      assertThat(evidence.fieldNames())
          .toIterable()
          .containsExactly(
              "id",
              "capture",
              "agent",
              "service",
              "alert",
              "reason",
              "state",
              "sealedAt",
              "artifacts",
              "signature",
              "missing",
              "imported",
              "gravest");
      assertThat(collector.told.sealed).hasSize(1);
      assertThat(collector.told.lastProgress.get()).isGreaterThan(18);
      assertThat(collector.verifyOffline().problems()).isEmpty();
      assertThat(collector.uploadFiles()).isEmpty();
    }
  }

  @Test
  void heapFactsAndMissingArtifacts_areReportedAsInTheManifest() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      FakeAgent agent = agent();
      agent.heap = new HeapFacts(STREAM, REDACTED, 1900, 5L << 30, 96 << 20, 300);
      agent.missing = List.of(new Missing("console", "hooks.disabled names console"));
      assertThat(agent.seal().shipAll(collector.agentClient).status()).isEqualTo(204);

      JsonNode evidence = collector.viewer.get("/api/v1/evidence/" + agent.evidence).json();

      assertThat(evidence.get("heap").toString())
          .isEqualTo(
              "{\"path\":\"stream\",\"content\":\"redacted\",\"pauseMillis\":1900,"
                  + "\"dumpBytes\":5368709120,\"storedBytes\":100663296,\"bytesPerSecond\":300}");
      assertThat(evidence.get("missing").toString())
          .isEqualTo("[{\"artifact\":\"console\",\"reason\":\"hooks.disabled names console\"}]");
      assertThat(collector.viewer.get("/api/v1/evidence").json().at("/evidence/0/heap"))
          .isEqualTo(evidence.get("heap"));
      assertThat(collector.verifyOffline().problems()).isEmpty();
    }
  }

  @Test
  void impossibleHeapFacts_areLeftOut() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      for (HeapFacts heap :
          List.of(
              new HeapFacts(STREAM, FULL, -1, 0, 0, 0),
              new HeapFacts(FILE, FULL, 0, 0, Long.MIN_VALUE, 0),
              new HeapFacts(null, FULL, 0, 0, 0, 0))) {
        FakeAgent agent = agent();
        agent.heap = heap;
        assertThat(agent.seal().shipAll(collector.agentClient).status()).isEqualTo(204);
        assertThat(collector.viewer.get("/api/v1/evidence/" + agent.evidence).json().has("heap"))
            .isFalse();
      }
    }
  }

  @Test
  void longMissingList_isShortened_andStillNamesTheHeap() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      FakeAgent agent = agent();
      List<Missing> missing = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        missing.add(new Missing("files/" + "f".repeat(500) + i, "r".repeat(5000)));
      }
      missing.add(new Missing("heap", "no room"));
      agent.missing = missing;
      assertThat(agent.seal().shipAll(collector.agentClient).status()).isEqualTo(204);

      JsonNode reported =
          collector.viewer.get("/api/v1/evidence/" + agent.evidence).json().get("missing");

      assertThat(reported).hasSize(64);
      assertThat(reported.get(0).get("artifact").asText()).isEqualTo("heap");
      assertThat(reported.toString()).hasSizeLessThan(100_000);
    }
  }

  @Test
  void sealedEvidence_refusesFurtherUploads() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      FakeAgent agent = agent().seal();
      agent.shipAll(collector.agentClient);

      Answer again = agent.create(collector.agentClient, "threads.txt", 7);

      assertThat(again.status()).isEqualTo(409);
      assertThat(again.text()).startsWith("already sealed");
    }
  }

  @Test
  void missingArtifact_isNamed_andCanBeShippedLater() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      FakeAgent agent = agent().seal();
      byte[] threads = agent.artifacts.remove(new whorl.evidence.ArtifactName("threads.txt"));

      Answer lacking = agent.shipAll(collector.agentClient);

      assertThat(lacking.status()).isEqualTo(409);
      assertThat(lacking.text()).contains("artifact threads.txt is missing", "ship them again");
      assertThat(lacking.header("Whorl-Missing")).isEqualTo("threads.txt");
      assertThat(collector.viewer.get("/api/v1/evidence/" + agent.evidence).status())
          .isEqualTo(404);

      agent.with("threads.txt", threads);
      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
      assertThat(collector.verifyOffline().problems()).isEmpty();
    }
  }

  @Test
  void artifactThatDiffersFromTheManifest_mustBeShippedAgain_andBothAreKept() throws Exception {
    FakeAgent agent = agent().seal();
    try (TestCollector collector = TestCollector.open(root)) {
      agent.ship(collector.agentClient, "threads.txt", bytes("THREADS"));

      Answer lacking = agent.shipAll(collector.agentClient);
      assertThat(lacking.status()).isEqualTo(409);
      assertThat(lacking.header("Whorl-Missing")).isEqualTo("threads.txt");
    }
    try (TestCollector collector = TestCollector.open(root)) {
      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);

      assertThat(text(collector, agent, "threads.txt")).isEqualTo("threads");
      assertThat(text(collector, agent, "threads.txt.2")).isEqualTo("THREADS");
      assertThat(artifact(collector, agent, "threads.txt.2").unlisted()).isTrue();
      assertThat(collector.verifyOffline().problems()).isEmpty();
      assertThat(collector.verifyOffline().notes())
          .anyMatch(note -> note.contains("1 artifacts came and are in no signed manifest"));
    }
  }

  @Test
  void artifactThatTheManifestDoesNotList_isKeptAndReportedAsUnlisted() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      FakeAgent agent = agent().seal();
      agent.ship(collector.agentClient, "planted.txt", new byte[] {1});

      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);

      JsonNode evidence = collector.viewer.get("/api/v1/evidence/" + agent.evidence).json();
      assertThat(evidence.get("state").asText()).isEqualTo("sealed");
      assertThat(artifact(collector, agent, "planted.txt").unlisted()).isTrue();
      assertThat(artifact(collector, agent, "threads.txt").unlisted()).isFalse();
      assertThat(Files.readString(root.resolve("custody/custody.ndjson")))
          .contains("planted.txt had come, yet is not in the manifest");
      assertThat(collector.verifyOffline().problems()).isEmpty();
    }
  }

  @Test
  void completeArtifact_isNotReplacedByAnotherLength() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      FakeAgent agent = agent().seal();
      agent.ship(collector.agentClient, "threads.txt", bytes("threads"));

      Answer other = agent.create(collector.agentClient, "threads.txt", 6);

      assertThat(other.status()).isEqualTo(409);
      assertThat(other.text()).contains("what was acknowledged is not replaced");
      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
      assertThat(text(collector, agent, "threads.txt")).isEqualTo("threads");
    }
  }

  @Test
  void laterManifest_replacesTheEarlierOne() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      FakeAgent agent = agent().seal();
      agent.ship(collector.agentClient, "manifest.json", bytes("{}"));

      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);

      assertThat(text(collector, agent, "manifest.json.2")).isEqualTo("{}");
      assertThat(collector.verifyOffline().problems()).isEmpty();
    }
  }

  @Test
  void signatureOfAnotherKey_isRefusedAndKept_andTheRightOneStillSeals() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      FakeAgent agent = agent().seal();
      byte[] originalManifest = agent.manifestJson();
      byte[] originalEnvelope = agent.envelopeJson();
      Envelope original = Json.MAPPER.readValue(originalEnvelope, Envelope.class);
      Envelope forged = SigningKey.generate().sign(original.payloadBytes());
      agent.sealed(originalManifest, Json.bytes(forged));

      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(422);
      assertFailedAndKept(collector, agent);

      agent.sealed(originalManifest, originalEnvelope);
      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
      assertThat(collector.store.record(agent.evidence).state()).isEqualTo(CaptureState.SEALED);
      assertThat(collector.store.record(agent.evidence).signature().verified()).isTrue();
      assertThat(collector.verifyOffline().problems()).isEmpty();
    }
  }

  @Test
  void keyThatWasNeverEnrolled_isReportedByRecordAndVerify_andAnEnrolledOneIsNot()
      throws Exception {
    World world = new World();
    try (TestCollector collector = TestCollector.open(root, world)) {
      FakeAgent known = agent().seal();
      FakeAgent stranger = agent().seal();
      world.keys.put(known.id, known.key.publicKey());
      known.shipAll(collector.agentClient);
      stranger.shipAll(collector.agentClient);

      for (FakeAgent agent : List.of(known, stranger)) {
        String path = "/api/v1/evidence/" + agent.evidence;
        JsonNode signature = collector.viewer.get(path).json().get("signature");
        JsonNode verification = collector.viewer.get(path + "/verify").json();
        assertThat(signature.get("verified").asBoolean()).isTrue();
        assertThat(signature.get("enrolled").asBoolean()).isEqualTo(agent == known);
        assertThat(verification.get("verified").asBoolean()).isTrue();
        assertThat(verification.get("notes").toString().contains("never enrolled"))
            .isEqualTo(agent == stranger);
      }
    }
  }

  @Test
  void keyOtherThanTheEnrolledOne_isRefused() throws Exception {
    World world = new World();
    try (TestCollector collector = TestCollector.open(root, world)) {
      FakeAgent agent = agent().seal();
      world.keys.put(agent.id, SigningKey.generate().publicKey());

      Answer refused = agent.shipAll(collector.agentClient);

      assertThat(refused.status()).isEqualTo(422);
      assertThat(refused.text()).contains("another key");
    }
  }

  @Test
  void unsignedEvidence_isSealedButNotVerified() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      FakeAgent agent = new FakeAgent((SigningKey) null).with("threads.txt", "t").seal();

      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);

      JsonNode evidence = collector.viewer.get("/api/v1/evidence/" + agent.evidence).json();
      assertThat(evidence.get("state").asText()).isEqualTo("sealed");
      assertThat(evidence.get("signature").get("verified").asBoolean()).isFalse();
      assertThat(collector.verifyOffline().verified()).isTrue();
      assertThat(collector.verifyOffline().notes()).anyMatch(note -> note.contains("not signed"));
    }
  }

  @Test
  void unsignedFromAnAgentWithAKey_isRefused() throws Exception {
    World world = new World();
    try (TestCollector collector = TestCollector.open(root, world)) {
      FakeAgent agent = new FakeAgent((SigningKey) null).with("threads.txt", "t").seal();
      world.keys.put(agent.id, SigningKey.generate().publicKey());

      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(422);
    }
  }

  @Test
  void invalidManifests_areRefused_andHarmNothing() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      Manifest good = agent().manifest();
      List<String> manifests =
          List.of(
              "",
              "null",
              "[]",
              "{\"version\":1}",
              "{\"version\":2}",
              "{\"a\":".repeat(500),
              Json.text(good).replace("\"sha256\":\"", "\"sha256\":\"zz"),
              Json.text(good).replace("\"threads.txt\"", "\"../../etc/passwd\""),
              Json.text(good).replace("\"threads.txt\"", "null"),
              Json.text(good).replace("\"threads.txt\"", "\"recording.jfr\""));
      for (String manifest : manifests) {
        FakeAgent agent = agent().seal();
        agent.sealed(manifest.getBytes(StandardCharsets.UTF_8), agent.envelopeJson());

        assertThat(agent.shipAll(collector.agentClient).status()).as(manifest).isEqualTo(422);
      }
      for (String envelope : List.of("", "null", "{}", "{\"payload\":\"x\"}", "[1]")) {
        FakeAgent agent = agent().seal();
        agent.sealed(agent.manifestJson(), envelope.getBytes(StandardCharsets.UTF_8));

        assertThat(agent.shipAll(collector.agentClient).status()).as(envelope).isEqualTo(422);
      }
      FakeAgent good2 = agent().seal();
      assertThat(good2.shipAll(collector.agentClient).status()).isEqualTo(204);
    }
  }

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
      collector.receiver.expire();
      assertThat(collector.told.sealed).isEmpty();

      world.now.updateAndGet(now -> now.plus(Duration.ofHours(2)));
      collector.receiver.expire();

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

      collector.receiver.expire();
      assertThat(collector.told.sealed).isEmpty();
      assertThat(FakeAgent.head(collector.agentClient, location).header("Upload-Offset"))
          .isEqualTo("1000");

      world.freeBytes.incrementAndGet();
      collector.receiver.expire();
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
      assertThat(collector.receiver.sealPartial(agent.capture, "the agent is gone")).isNotNull();

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

  @Test
  void partialEvidence_growsAndIsNeverReplaced() throws Exception {
    World world = new World();
    FakeAgent agent = agent().seal();
    try (TestCollector collector = TestCollector.open(root, world)) {
      agent.ship(collector.agentClient, "threads.txt", bytes("threads"));
      collector.receiver.sealPartial(agent.capture, "the agent is gone");
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
      collector.receiver.expire();

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
      collector.receiver.sealPartial(agent.capture, "the agent is gone");

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
  void recordWithoutAnAcknowledgedArtifact_doesNotVerify() throws Exception {
    FakeAgent agent = agent().seal();
    try (TestCollector collector = TestCollector.open(root)) {
      agent.ship(collector.agentClient, "secret.txt", bytes("what the intruder did"));
      agent.shipAll(collector.agentClient);
      EvidenceRecord record = collector.store.record(agent.evidence);
      EvidenceRecord less =
          record.with(
              record.artifacts().stream()
                  .filter(artifact -> !artifact.name().value().equals("secret.txt"))
                  .toList());
      // Like an attacker who can also append to the custody log.
      Digest sha256 = collector.store.commit(less);
      collector.custody.append(
          CustodyAction.SEALED, record.id(), "collector", Map.of("record", sha256.hex()));

      assertThat(collector.verifyOffline().problems())
          .anyMatch(problem -> problem.contains("what came with receipt 0 is not what custody"));
    }
  }

  @Test
  void refusedSealOfPartialEvidence_leavesItVerifiable() throws Exception {
    FakeAgent agent = agent().seal();
    try (TestCollector collector = TestCollector.open(root)) {
      agent.ship(collector.agentClient, "threads.txt", bytes("threads"));
      collector.receiver.sealPartial(agent.capture, "the agent is gone");
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
          List.of("x.", "a".repeat(122) + "/bbbbb", "a".repeat(122) + ".bbbbb", "b".repeat(128));
      for (String name : names) {
        String location = agent.create(collector.agentClient, name, 200).header("Location");
        FakeAgent.patch(collector.agentClient, location, 0, bytes("the beginning of " + name));
      }
      world.now.updateAndGet(now -> now.plus(Duration.ofHours(25)));

      collector.receiver.expire();

      assertThat(collector.store.record(agent.evidence).artifacts()).hasSize(4);
      assertThat(collector.verifyOffline().problems()).isEmpty();
    }
  }

  private static StoredArtifact artifact(TestCollector collector, FakeAgent agent, String name)
      throws Exception {
    return collector.store.record(agent.evidence).artifact(new ArtifactName(name));
  }

  private static String text(TestCollector collector, FakeAgent agent, String name)
      throws Exception {
    return Files.readString(
        collector.store.content(artifact(collector, agent, name).sha256()).file());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void assertFailedAndKept(TestCollector collector, FakeAgent agent)
      throws Exception {
    JsonNode evidence = collector.viewer.get("/api/v1/evidence/" + agent.evidence).json();
    assertThat(evidence.get("state").asText()).isEqualTo("failed");
    assertThat(evidence.get("signature").get("verified").asBoolean()).isFalse();
    assertThat(evidence.get("artifacts").findValuesAsText("name"))
        .contains("threads.txt", "recording.jfr");
    assertThat(collector.verifyOffline().verified()).isFalse();
    assertThat(collector.store.holds(Digest.of("threads".getBytes(StandardCharsets.UTF_8))))
        .isTrue();
  }
}
