package whorl.collector.receive.seal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.evidence.Id;

/** A start with a data folder that was changed since the last stop. */
class LostAndDoubtfulTest {
  @TempDir Path root;

  @Test
  void missingRecords_deleteNothing_andAreListedAsLost() throws Exception {
    Id evidence = sealed();
    Path elsewhere = Files.move(root.resolve("evidence"), root.resolve("not-mounted"));

    try (TestCollector collector = TestCollector.open(root)) {
      assertThat(blobs()).hasSize(3);
      assertThat(collector.receiver.lost()).isEqualTo(1);
      assertThat(evidenceJson(collector, evidence).get("state").asText()).isEqualTo("lost");
      assertThat(collector.viewer.get("/api/v1/evidence").json().at("/evidence/0/state").asText())
          .isEqualTo("lost");
      assertThat(
              collector
                  .viewer
                  .get("/api/v1/evidence/" + evidence + "/verify")
                  .json()
                  .get("verified")
                  .asBoolean())
          .isFalse();
      assertThat(collector.viewer.get("/api/v1/evidence/" + evidence + "/bag").status())
          .isEqualTo(410);
    }

    Files.delete(root.resolve("evidence"));
    Files.move(elsewhere, root.resolve("evidence"));
    try (TestCollector collector = TestCollector.open(root)) {
      assertThat(evidenceJson(collector, evidence).get("state").asText()).isEqualTo("sealed");
      assertThat(collector.verifyOffline().problems()).isEmpty();
    }
  }

  @Test
  void missingRecord_keepsAllContent() throws Exception {
    Id gone = sealed();
    sealed();
    Files.delete(root.resolve("evidence").resolve(gone.value()).resolve("evidence.json"));

    try (TestCollector collector = TestCollector.open(root)) {
      assertThat(collector.receiver.lost()).isEqualTo(1);
      assertThat(blobs()).hasSize(6);
    }
  }

  @Test
  void recordOfANewerVersion_isListedAsSuch() throws Exception {
    Id evidence = sealed();
    Path record = root.resolve("evidence").resolve(evidence.value()).resolve("evidence.json");
    String now = Files.readString(record);
    Files.writeString(record, now.replaceFirst("\"version\":\\d+", "\"version\":99"));

    try (TestCollector collector = TestCollector.open(root)) {
      assertThat(evidenceJson(collector, evidence).get("state").asText()).isEqualTo("lost");
      assertThat(evidenceJson(collector, evidence).get("reason").asText())
          .contains("of a newer Whorl");
      assertThat(collector.viewer.get("/api/v1/evidence").json().at("/evidence/0/state").asText())
          .isEqualTo("lost");
      assertThat(blobs()).hasSize(3);
    }
  }

  @Test
  void unreferencedContent_goesIntoTheTrash_andForeignFilesStay() throws Exception {
    sealed();
    String digest = "ab".repeat(32);
    Path blobs = root.resolve("blobs");
    Files.createDirectories(blobs.resolve("ab"));
    Files.writeString(blobs.resolve("ab").resolve(digest), "left by a crash");
    Files.writeString(blobs.resolve("ab").resolve("README.txt"), "somebody's");
    Files.writeString(blobs.resolve("ab").resolve(".nfs0001"), "somebody's");
    Files.writeString(blobs.resolve("x.txt"), "somebody's");

    try (TestCollector collector = TestCollector.open(root)) {
      assertThat(collector.verifyOffline().problems()).isEmpty();
    }

    assertThat(blobs.resolve("ab").resolve(digest)).doesNotExist();
    try (Stream<Path> trash = Files.walk(root.resolve("trash"))) {
      assertThat(trash.filter(Files::isRegularFile).map(each -> each.getFileName().toString()))
          .containsExactly(digest);
    }
    assertThat(blobs.resolve("ab").resolve("README.txt")).exists();
    assertThat(blobs.resolve("ab").resolve(".nfs0001")).exists();
    assertThat(blobs.resolve("x.txt")).exists();
  }

  @Test
  void truncatedCustodyLog_liftsNoHold_andNothingIsPurged() throws Exception {
    Id evidence = sealed();
    Path log = root.resolve("custody/custody.ndjson");
    List<String> whole = Files.readAllLines(log);
    try (TestCollector collector = TestCollector.open(root)) {
      assertThat(hold(collector, evidence)).isEqualTo(200);
    }
    Files.write(log, whole);

    try (TestCollector collector = TestCollector.open(root)) {
      assertThat(collector.custody.doubts())
          .anyMatch(doubt -> doubt.contains("the last ones are missing"));
      assertThat(purge(collector, evidence)).isEqualTo(409);
      assertThat(blobs()).hasSize(3);
    }
    try (TestCollector collector = TestCollector.open(root)) {
      assertThat(collector.custody.doubts()).as("a restart repairs nothing").isNotEmpty();
      collector.custody.acknowledge("token admin", "looked into");
      assertThat(purge(collector, evidence)).isEqualTo(204);
    }
    try (TestCollector collector = TestCollector.open(root)) {
      assertThat(collector.custody.doubts()).isEmpty();
    }
  }

  @Test
  void missingCustodyLog_isInDoubt_evenWithoutDatabases() throws Exception {
    Id evidence = sealed();
    for (boolean databases : new boolean[] {true, false}) {
      Files.deleteIfExists(root.resolve("custody/custody.ndjson"));
      if (!databases) {
        for (String name : List.of("catalog.db", "cases.db")) {
          Files.deleteIfExists(root.resolve(name));
          Files.deleteIfExists(root.resolve(name + "-wal"));
          Files.deleteIfExists(root.resolve(name + "-shm"));
        }
      }
      try (TestCollector collector = TestCollector.open(root)) {
        assertThat(collector.custody.doubts()).isNotEmpty();
        assertThat(purge(collector, evidence)).isEqualTo(409);
        assertThat(blobs()).hasSize(3);
      }
    }
  }

  @Test
  void changedCustodyLog_isInDoubtUntilAcknowledged_andOtherEvidenceVerifies() throws Exception {
    Id damaged = sealed();
    Id other = sealed();
    Path log = root.resolve("custody/custody.ndjson");
    List<String> lines = Files.readAllLines(log);
    lines.set(0, lines.get(0).replace("\"artifacts\":\"3\"", "\"artifacts\":\"2\""));
    Files.write(log, lines);

    try (TestCollector collector = TestCollector.open(root)) {
      assertThat(collector.custody.doubts()).isNotEmpty();
      assertThat(verified(collector, damaged)).isFalse();
      assertThat(verified(collector, other)).isTrue();
      collector.custody.acknowledge("token admin", "a disk error, see ticket 7");
      assertThat(collector.custody.doubts()).isEmpty();
    }
    try (TestCollector collector = TestCollector.open(root)) {
      assertThat(collector.custody.doubts()).as("acknowledged already").isEmpty();
      assertThat(verified(collector, damaged)).isFalse();
    }
    List<String> again = Files.readAllLines(log);
    again.set(1, again.get(1).replace("collector", "c0llector"));
    Files.write(log, again);
    try (TestCollector collector = TestCollector.open(root)) {
      assertThat(collector.custody.doubts()).as("this is new").isNotEmpty();
    }
  }

  private Id sealed() throws IOException {
    try (TestCollector collector = TestCollector.open(root)) {
      FakeAgent agent = new FakeAgent().with("threads.txt", "threads").seal();
      agent.with("threads.txt", "threads of " + agent.evidence).seal();
      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
      return agent.evidence;
    }
  }

  private List<Path> blobs() throws IOException {
    try (Stream<Path> blobs = Files.walk(root.resolve("blobs"))) {
      return blobs.filter(Files::isRegularFile).toList();
    }
  }

  private static com.fasterxml.jackson.databind.JsonNode evidenceJson(
      TestCollector collector, Id evidence) {
    return collector.viewer.get("/api/v1/evidence/" + evidence).json();
  }

  private static boolean verified(TestCollector collector, Id evidence) {
    return collector
        .viewer
        .get("/api/v1/evidence/" + evidence + "/verify")
        .json()
        .get("verified")
        .asBoolean();
  }

  private static int hold(TestCollector collector, Id evidence) {
    return collector
        .kept
        .admin
        .call(
            "PUT",
            "/api/v1/evidence/" + evidence + "/hold",
            Map.of("Content-Type", "application/json"),
            "{\"reason\":\"court\"}".getBytes(StandardCharsets.UTF_8))
        .status();
  }

  private static int purge(TestCollector collector, Id evidence) {
    return collector
        .kept
        .admin
        .call("DELETE", "/api/v1/evidence/" + evidence + "?reason=r", Map.of(), new byte[0])
        .status();
  }
}
