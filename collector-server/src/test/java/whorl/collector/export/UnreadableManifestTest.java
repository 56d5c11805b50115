package whorl.collector.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.verify.OfflineVerifier;
import whorl.collector.custody.verify.VerificationReport;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;

/** Evidence whose manifest is JSON null is kept, exported and checked like any other. */
class UnreadableManifestTest {
  @TempDir private Path folder;

  @Test
  void bag_ofEvidenceWithANullManifest_isExportedAndNotVerified() throws Exception {
    FakeAgent agent = new FakeAgent().with("threads.txt", "threads").seal();
    agent.sealed("null".getBytes(UTF_8), agent.envelopeJson());
    Path bag = folder.resolve("bag.zip");
    try (TestCollector collector = TestCollector.open(folder.resolve("data"))) {
      agent.shipAll(collector.agentClient);
      var answer = collector.viewer.get("/api/v1/evidence/" + agent.evidence + "/bag");
      assertThat(answer.status()).isEqualTo(200);
      Files.write(bag, answer.body());
    }

    VerificationReport report = new OfflineVerifier(InstantSource.system()).verify(bag);

    assertThat(report.verified()).isFalse();
    assertThat(report.problems()).anySatisfy(each -> assertThat(each).contains("manifest.json"));
  }
}
