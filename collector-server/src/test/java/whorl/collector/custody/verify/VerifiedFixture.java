package whorl.collector.custody.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.Zips;

/** Evidence of one agent, in the data folder of a collector, in a bag, and as the agent has it. */
abstract class VerifiedFixture {
  private static final String EVENT =
      "{\"sequence\":0,\"time\":\"2026-01-02T03:04:05Z\",\"type\":\"whorl.FileOpen\","
          + "\"fields\":{\"path\":\"/etc/passwd\"},\"stack\":[]}\n";

  @TempDir Path root;

  final FakeAgent agent =
      new FakeAgent()
          .with("threads.txt", "threads")
          .with("events.ndjson", EVENT)
          .with("classes/ab12.class", "class")
          .seal();

  Path data;
  Path bag;

  @BeforeEach
  void ship() throws Exception {
    data = root.resolve("data");
    bag = root.resolve("bag.zip");
    try (TestCollector collector = TestCollector.open(data)) {
      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
      Files.write(bag, collector.viewer.get("/api/v1/evidence/" + agent.evidence + "/bag").body());
    }
  }

  Path agentFolder() throws IOException {
    Path folder = root.resolve("agents").resolve(agent.evidence.value());
    if (!Files.exists(folder)) {
      Files.createDirectories(folder.resolve("classes"));
      for (var artifact : agent.artifacts.entrySet()) {
        Files.write(folder.resolve(artifact.getKey().value()), artifact.getValue());
      }
      Files.write(folder.resolve("manifest.json"), agent.manifestJson());
      Files.write(folder.resolve("manifest.dsse.json"), agent.envelopeJson());
    }
    return folder;
  }

  Path unpack() throws IOException {
    Path folder = root.resolve("unpacked");
    for (Map.Entry<String, byte[]> file : zipFiles().entrySet()) {
      Path path = folder.resolve(file.getKey().substring(file.getKey().indexOf('/') + 1));
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    return folder;
  }

  Map<String, byte[]> zipFiles() throws IOException {
    return new TreeMap<>(Zips.read(Files.readAllBytes(bag)));
  }

  void zip(Map<String, byte[]> files) throws IOException {
    Files.write(bag, Zips.write(files));
  }

  static VerificationReport verify(Path path, Anchors anchors) throws IOException {
    return new OfflineVerifier(InstantSource.system()).verify(path, anchors);
  }

  static VerificationReport verify(Path path) throws IOException {
    return new OfflineVerifier(InstantSource.system()).verify(path);
  }
}
