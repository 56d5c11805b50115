package whorl.collector.receive.seal;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.verify.OfflineVerifier;
import whorl.collector.custody.verify.VerificationReport;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.evidence.ArtifactName;

/** Agents with some artifacts, and what a collector keeps of them. */
abstract class SealFixture {
  @TempDir Path root;

  static FakeAgent agent() {
    return new FakeAgent()
        .with("recording.jfr", "a recording")
        .with("threads.txt", "threads")
        .with("empty.txt", "");
  }

  static StoredArtifact artifact(TestCollector collector, FakeAgent agent, String name)
      throws Exception {
    return collector.store.record(agent.evidence).artifact(new ArtifactName(name));
  }

  static String text(TestCollector collector, FakeAgent agent, String name) throws Exception {
    return Files.readString(
        collector.store.content(artifact(collector, agent, name).sha256()).file());
  }

  /** What `whorl verify` says of its bag. */
  VerificationReport verifyBag(TestCollector collector, FakeAgent agent) throws Exception {
    byte[] bag = collector.viewer.get("/api/v1/evidence/" + agent.evidence + "/bag").body();
    return new OfflineVerifier(InstantSource.system())
        .verify(Files.write(root.resolve(agent.evidence + ".zip"), bag));
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
