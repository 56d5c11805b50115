package whorl.collector.receive;

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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.TestCollector.World;
import whorl.evidence.CaptureState;
import whorl.evidence.Digest;
import whorl.evidence.Envelope;
import whorl.evidence.HeapFacts;
import whorl.evidence.Json;
import whorl.evidence.Manifest;
import whorl.evidence.Missing;
import whorl.evidence.SigningKey;

class SealTest {
  @TempDir Path root;

  private static FakeAgent agent() {
    return new FakeAgent()
        .with("recording.jfr", "a recording")
        .with("threads.txt", "threads")
        .with("empty.txt", "");
  }

  @Test
  void everythingShipped_isSealedVerifiedAndTold() throws Exception {
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
              "missing");
      assertThat(collector.told.sealed).hasSize(1);
      assertThat(collector.told.lastProgress.get()).isGreaterThan(18);
      assertThat(collector.verifyOffline().problems()).isEmpty();
      try (Stream<Path> incoming = Files.list(collector.folder.incoming())) {
        assertThat(incoming).isEmpty();
      }
    }
  }

  @Test
  void heapFactsAndWhatIsMissing_areToldAsTheManifestHasThem() throws Exception {
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
  void heapFactsThatCannotBe_areLeftOut() throws Exception {
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
  void muchThatIsMissing_isCutShortAndTheHeapStillNamed() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      FakeAgent agent = agent();
      List<Missing> missing = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        missing.add(new Missing("files/" + "f".repeat(500) + i, "r".repeat(5000)));
      }
      missing.add(new Missing("heap", "no room"));
      agent.missing = missing;
      assertThat(agent.seal().shipAll(collector.agentClient).status()).isEqualTo(204);

      JsonNode told =
          collector.viewer.get("/api/v1/evidence/" + agent.evidence).json().get("missing");

      assertThat(told).hasSize(64);
      assertThat(told.get(0).get("artifact").asText()).isEqualTo("heap");
      assertThat(told.toString()).hasSizeLessThan(100_000);
    }
  }

  @Test
  void sealedAlready_isToldSo() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      FakeAgent agent = agent().seal();
      agent.shipAll(collector.agentClient);

      Answer again = agent.create(collector.agentClient, "threads.txt", 7);

      assertThat(again.status()).isEqualTo(409);
      assertThat(again.text()).startsWith("already sealed");
    }
  }

  @Test
  void artifactMissing_isNamedAndCanStillCome() throws Exception {
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
  void artifactNotWhatTheManifestSays_mustBeShippedAgain() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      FakeAgent agent = agent().seal();
      agent.ship(collector.agentClient, "threads.txt", "THREADS".getBytes(StandardCharsets.UTF_8));

      Answer lacking = agent.shipAll(collector.agentClient);
      assertThat(lacking.status()).isEqualTo(409);
      assertThat(lacking.header("Whorl-Missing")).isEqualTo("threads.txt");

      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
    }
  }

  @Test
  void artifactThatTheManifestDoesNotList_isLeftOutAndTold() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      FakeAgent agent = agent().seal();
      agent.ship(collector.agentClient, "planted.txt", new byte[] {1});

      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);

      JsonNode evidence = collector.viewer.get("/api/v1/evidence/" + agent.evidence).json();
      assertThat(evidence.get("state").asText()).isEqualTo("sealed");
      assertThat(evidence.get("artifacts").findValuesAsText("name"))
          .contains("threads.txt")
          .doesNotContain("planted.txt");
      assertThat(Files.readString(root.resolve("custody/custody.ndjson")))
          .contains("planted.txt had come, yet is not in the manifest");
    }
  }

  @Test
  void signatureOfAnotherKey_isRefusedAndKept() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      FakeAgent agent = agent().seal();
      Envelope honest = Json.MAPPER.readValue(agent.envelopeJson(), Envelope.class);
      Envelope forged = SigningKey.generate().sign(honest.payloadBytes());
      agent.sealed(agent.manifestJson(), Json.bytes(forged));

      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(422);

      assertFailedAndKept(collector, agent);
      assertThat(agent.create(collector.agentClient, "threads.txt", 7).status()).isEqualTo(422);
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
  void unsigned_isTakenButNotVerified() throws Exception {
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
  void manifestsThatMakeNoSense_areRefusedAndHarmNothing() throws Exception {
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
  void agentGone_whatCameIsKeptAsPartial() throws Exception {
    World world = new World();
    try (TestCollector collector = TestCollector.open(root, world)) {
      FakeAgent agent = agent().with("alert.json", Json.bytes(agent().alert())).seal();
      agent.ship(collector.agentClient, "threads.txt", "threads".getBytes(StandardCharsets.UTF_8));
      agent.ship(collector.agentClient, "alert.json", agent.artifacts.values().iterator().next());
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
  void agentGoneWithinAHeap_noRoomForACopy_isKeptAsItIsUntilThereIs() throws Exception {
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
  void agentBackAfterPartial_sealsAllTheSame() throws Exception {
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
