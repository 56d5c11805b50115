package whorl.collector.receive.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.evidence.HeapFacts.Content.FULL;
import static whorl.evidence.HeapFacts.Content.REDACTED;
import static whorl.evidence.HeapFacts.Path.FILE;
import static whorl.evidence.HeapFacts.Path.STREAM;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.DelegatingDisk;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.evidence.Digest;
import whorl.evidence.HeapFacts;
import whorl.evidence.Json;
import whorl.evidence.Manifest;
import whorl.evidence.Missing;
import whorl.evidence.Statement;

class SealTest extends SealFixture {
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

  /** An intruder in the JVM signs any manifest; the agent said what its service is before that. */
  @Test
  void manifestThatNamesAnotherService_isKeptUnderTheServiceOfItsAgent() throws Exception {
    TestCollector.World world = new TestCollector.World();
    try (TestCollector collector = TestCollector.open(root, world)) {
      FakeAgent agent = agent();
      world.services.put(agent.id, "shop");
      agent.service = "payments";
      assertThat(agent.seal().shipAll(collector.agentClient).status()).isEqualTo(204);

      JsonNode evidence = collector.viewer.get("/api/v1/evidence/" + agent.evidence).json();
      assertThat(evidence.get("service").asText()).isEqualTo("shop");
      assertThat(text(collector, agent, "manifest.json")).contains("payments");
      assertThat(collector.verifyOffline().problems()).isEmpty();
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

  /** The record says the same as the manifest, though it has the beginning of long texts only. */
  @Test
  void recordOfLongTextsAndImpossibleNumbers_isThatOfItsManifest() throws Exception {
    for (String field : List.of("\"ratio\":1e400", "\"long\":\"" + "x".repeat(100_000) + "\"")) {
      try (TestCollector collector = TestCollector.open(root)) {
        FakeAgent agent = agent();
        agent.service = "s".repeat(1000);
        agent.recipient = "age1" + "r".repeat(500);
        agent.missing = List.of(new Missing("m".repeat(500), "r".repeat(5000)));
        String text = Json.text(agent.manifest()).replace("\"command\":", field + ",\"command\":");
        byte[] json = bytes(text);
        Manifest manifest = Json.LENIENT.readValue(json, Manifest.class);
        byte[] statement = Json.bytes(Statement.of(manifest, Digest.of(json)));
        agent.sealed(json, Json.bytes(agent.key.sign(statement)));

        assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);

        assertThat(collector.store.record(agent.evidence).service()).hasSize(256);
        assertThat(collector.verifyOffline().problems()).isEmpty();
      }
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

  /** An agent whose connection broke during the seal asks again, maybe at another collector. */
  @Test
  void uploadCreatedWhileItsEvidenceIsBeingSealed_isRefusedAsSealed() throws Exception {
    FakeAgent agent = agent().seal();
    AtomicReference<Runnable> atTheSeal = new AtomicReference<>(() -> {});
    Disk disk =
        new DelegatingDisk() {
          @Override
          public void createFolders(Path created) throws IOException {
            if (created.endsWith("evidence/" + agent.evidence)) {
              atTheSeal.getAndSet(() -> {}).run(); // its record is not stored yet
            }
            super.createFolders(created);
          }
        };
    try (TestCollector collector =
        TestCollector.open(root, disk, TestCollector.LIMITS, new TestCollector.World())) {
      FutureTask<Answer> created =
          new FutureTask<>(() -> agent.create(collector.agentClient, "manifest.json", 1));
      Thread creating = new Thread(created);
      atTheSeal.set(
          () -> {
            creating.start();
            waitUntilItWaits(creating);
          });

      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);

      assertThat(created.get(10, TimeUnit.SECONDS).status()).isEqualTo(409);
      assertThat(created.get().text()).startsWith("already sealed");
      assertThat(collector.uploadFiles()).isEmpty();
    }
  }

  static void waitUntilItWaits(Thread thread) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!Set.of(Thread.State.WAITING, Thread.State.TIMED_WAITING).contains(thread.getState())
        && System.nanoTime() < end) {
      Thread.onSpinWait();
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
          .anyMatch(note -> note.contains("1 artifact is in no signed manifest"));
    }
  }

  /** The two would be one file on Windows or macOS, and the bag would not verify for that. */
  @Test
  void nameWithANumber_isNoOtherArtifactsInAnotherCase() throws Exception {
    FakeAgent agent = agent().with("THREADS.txt.2", "listed").seal();
    try (TestCollector collector = TestCollector.open(root)) {
      agent.ship(collector.agentClient, "threads.txt", bytes("THREADS"));
      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(409);

      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);

      assertThat(text(collector, agent, "threads.txt")).isEqualTo("threads");
      assertThat(text(collector, agent, "THREADS.txt.2")).isEqualTo("listed");
      assertThat(text(collector, agent, "threads.txt.3")).isEqualTo("THREADS");
      assertThat(artifact(collector, agent, "threads.txt.3").unlisted()).isTrue();
      assertThat(collector.verifyOffline().problems()).isEmpty();
      assertThat(verifyBag(collector, agent).problems()).isEmpty();
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

  /** Its record would keep the collector from its next start. */
  @Test
  void signedManifestWithHalfAnAlert_isRefused() throws Exception {
    List<FakeAgent> agents = new ArrayList<>();
    try (TestCollector collector = TestCollector.open(root)) {
      for (String part : List.of("id", "source", "time", "rule", "level", "title")) {
        FakeAgent agent = agent();
        ObjectNode changed = (ObjectNode) Json.MAPPER.readTree(Json.bytes(agent.manifest()));
        ((ObjectNode) changed.get("alert")).remove(part);
        byte[] json = Json.bytes(changed);
        Manifest manifest = Json.LENIENT.readValue(json, Manifest.class);
        byte[] statement = Json.bytes(Statement.of(manifest, Digest.of(json)));
        agent.sealed(json, Json.bytes(agent.key.sign(statement)));
        agents.add(agent);

        assertThat(agent.shipAll(collector.agentClient).status()).as(part).isEqualTo(422);
      }
    }
    try (TestCollector again = TestCollector.open(root)) {
      for (FakeAgent agent : agents) {
        assertThat(again.catalog.summary(agent.evidence)).isNotNull();
      }
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
}
