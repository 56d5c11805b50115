package whorl.collector.custody.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.LogLine;
import whorl.collector.custody.proof.LogProof;
import whorl.collector.custody.publish.FolderLog;
import whorl.collector.custody.publish.LogKey;
import whorl.collector.custody.publish.LogPublisher;
import whorl.collector.custody.publish.Turn;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.UnforcedDisk;
import whorl.collector.testkit.Zips;
import whorl.evidence.Digest;
import whorl.evidence.Json;

/** A genuine bag that a test changes, with every digest computed anew. */
abstract class ForgedBagFixture {
  @TempDir Path root;
  final FakeAgent agent = new FakeAgent().with("threads.txt", "threads").seal();
  final Map<String, byte[]> files = new TreeMap<>();
  Path data;
  Path kept;

  @BeforeEach
  void ship() throws Exception {
    data = root.resolve("collector");
    byte[] zip;
    try (TestCollector collector = TestCollector.open(data)) {
      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
      zip = collector.viewer.get("/api/v1/evidence/" + agent.evidence + "/bag").body();
    }
    Zips.read(zip)
        .forEach((name, content) -> files.put(name.substring(name.indexOf('/') + 1), content));
    kept = Files.write(root.resolve("kept.txt"), files.get(BagLayout.CHECKPOINT));
  }

  interface Change {
    void on(ObjectNode record);
  }

  byte[] record(Change change) throws IOException {
    ObjectNode record = (ObjectNode) Json.MAPPER.readTree(files.get(BagLayout.RECORD));
    change.on(record);
    return Json.bytes(record);
  }

  /** Replaces custody by that of a log which anybody can make. */
  void keepInALogOfItsOwn(CustodyLog.Draft... before) throws Exception {
    DataFolder own = new DataFolder(Files.createTempDirectory(root, "own"));
    Files.createDirectories(own.evidence());
    UnforcedDisk disk = new UnforcedDisk();
    try (CustodyLog log = CustodyLog.open(own, disk, InstantSource.system())) {
      log.append(List.of(before));
      for (JsonNode artifact :
          Json.MAPPER.readTree(files.get(BagLayout.RECORD)).path("artifacts")) {
        if (artifact.path("derived").asBoolean()) {
          log.append(
              CustodyAction.DERIVED,
              agent.evidence,
              "collector",
              Map.of(
                  "artifact",
                  artifact.path("name").asText(),
                  "sha256",
                  artifact.path("sha256").asText()));
        }
      }
      log.append(
          CustodyAction.ADOPTED,
          agent.evidence,
          "token admin",
          Map.of("record", Digest.of(files.get(BagLayout.RECORD)).hex()));
      LogPublisher publisher =
          new LogPublisher(
              log,
              new FolderLog(own, disk),
              LogKey.open(own, disk),
              Turn.ALWAYS,
              InstantSource.system());
      List<LogLine> lines = log.located(agent.evidence);
      LogProof proof = publisher.proof(lines);
      assertThat(proof).isNotNull();
      StringBuilder custody = new StringBuilder();
      for (LogLine line : lines) {
        custody.append(new String(line.bytes(), StandardCharsets.UTF_8)).append('\n');
      }
      files.put(BagLayout.CUSTODY, custody.toString().getBytes(StandardCharsets.UTF_8));
      files.put(BagLayout.CHECKPOINT, proof.checkpoint().bytes());
      files.put(BagLayout.LOG_KEY, (proof.key() + "\n").getBytes(StandardCharsets.UTF_8));
      files.put(BagLayout.PROOFS, Json.bytes(proof.paths()));
    }
  }

  VerificationReport verify(List<Path> checkpoints) throws IOException {
    return verify(Anchors.read(checkpoints, null));
  }

  VerificationReport verify(Anchors anchors) throws IOException {
    return new OfflineVerifier(InstantSource.system()).verify(write(), anchors);
  }

  /** Writes the bag as a folder, with the digests of its files as they are now. */
  Path write() throws IOException {
    StringBuilder tags = new StringBuilder();
    files.forEach(
        (name, content) -> {
          if (!name.startsWith(BagLayout.PAYLOAD) && !name.equals(BagLayout.TAG_MANIFEST)) {
            tags.append(Digest.of(content)).append("  ").append(name).append('\n');
          }
        });
    files.put(BagLayout.TAG_MANIFEST, tags.toString().getBytes(StandardCharsets.UTF_8));
    Path bag = Files.createTempDirectory(root, "bag");
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = bag.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    return bag;
  }
}
