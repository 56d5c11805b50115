package whorl.collector.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.Zips;

/** A manifest of a few megabytes can take a hundred when it is parsed, and many read bags. */
class LargeManifestTest {
  private static final long MAX_BYTES = 24 << 20;

  @TempDir private Path folder;

  @Test
  void bag_takesTheAgentsKeyOfTheManifest_withoutItsRest() throws Exception {
    FakeAgent agent = new FakeAgent().with("threads.txt", "threads").seal();
    String manifest = new String(agent.manifestJson(), UTF_8);
    String many = "\"alert\":{\"fields\":{\"many\":[0" + ",[]".repeat(800_000) + "]},";
    agent.sealed(manifest.replace("\"alert\":{", many).getBytes(UTF_8), agent.envelopeJson());
    try (TestCollector collector = TestCollector.open(folder)) {
      agent.shipAll(collector.agentClient);
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long before = threads.getCurrentThreadAllocatedBytes();

      Answer answer = collector.viewer.get("/api/v1/evidence/" + agent.evidence + "/bag");

      long taken = threads.getCurrentThreadAllocatedBytes() - before;
      assertThat(answer.status()).isEqualTo(200);
      Map<String, byte[]> files = Zips.read(answer.body());
      assertThat(files.get("whorl-" + agent.evidence + "/agent-key.txt"))
          .isEqualTo((agent.key.publicKey() + "\n").getBytes(UTF_8));
      assertThat(taken).isLessThan(MAX_BYTES);
    }
  }
}
