package whorl.collector.receive.tus;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.TestCollector.World;
import whorl.evidence.Digest;

/** A collector and an agent that speaks tus with it. */
abstract class TusFixture {
  static final String UPLOADS = "/agent/v1/uploads";

  @TempDir Path root;
  final World world = new World();
  final FakeAgent agent = new FakeAgent();
  TestCollector collector;

  @BeforeEach
  void open() throws IOException {
    collector = TestCollector.open(root, world);
  }

  @AfterEach
  void close() throws IOException {
    collector.close();
  }

  long offset(String location) {
    return Long.parseLong(FakeAgent.head(collector.agentClient, location).header("Upload-Offset"));
  }

  Answer delete(String location) {
    return collector.agentClient.call(
        "DELETE", location, Map.of("Tus-Resumable", "1.0.0"), new byte[0]);
  }

  Answer patch(String location, Map<String, String> more, byte[] chunk) {
    Map<String, String> headers = new HashMap<>(chunkHeaders("0"));
    headers.putAll(more);
    return collector.agentClient.call("PATCH", location, headers, chunk);
  }

  static Map<String, String> chunkHeaders(String offset) {
    return Map.of(
        "Tus-Resumable", "1.0.0",
        "Content-Type", "application/offset+octet-stream",
        "Upload-Offset", offset);
  }

  static String sha256(byte[] chunk) {
    return "sha256 " + Base64.getEncoder().encodeToString(Digest.of(chunk).bytes());
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
