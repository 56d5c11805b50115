package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.HttpCaller;
import whorl.collector.testkit.RawChannel;
import whorl.collector.testkit.TestConfig;
import whorl.evidence.AgentIdentity;
import whorl.evidence.channel.CollectorMessage;

/**
 * An agent of version 0.1.0, before messages were links of a chain, works with this collector: its
 * messages are files of that version.
 */
@Timeout(120)
class EarlierMessagesTest {
  @TempDir private Path folder;

  @Test
  void messagesOfAnEarlierAgent_areTaken_andItsUploadsSealed() throws Exception {
    CollectorServer server =
        CollectorServer.start(TestConfig.in(folder).config(), Wiring::open, message -> {});
    FakeAgent agent = new FakeAgent();
    agent.with("threads.txt", "\"main\" prio=5\n");
    agent.seal();
    try (RawChannel channel =
        RawChannel.open(server.url(), token("agent"), InetAddress.getLoopbackAddress())) {
      channel.hello(
          new AgentIdentity(
              agent.id, "shop", null, Map.of(), null, null, null, "node-1", 1, "21", "0.1.0"),
          agent.key);
      for (String kind : List.of("status", "journal", "progress", "rules", "self-test", "alert")) {
        channel.sayText(message(kind));
      }
      assertThat(verdict(channel).alert().value()).isEqualTo("alert-0001");

      assertThat(agent.shipAll(new HttpCaller(server.url(), token("agent"))).status())
          .isEqualTo(204);

      HttpCaller viewer = new HttpCaller(server.url(), token("viewer"));
      await()
          .untilAsserted(
              () -> {
                JsonNode shown = get(viewer, "/api/v1/agents").path("agents").path(0);
                assertThat(shown.path("connected").asBoolean()).isTrue();
                assertThat(shown.path("losses").path("events").asInt()).isEqualTo(3);
                assertThat(get(viewer, "/api/v1/agents/" + agent.id + "/journal").toString())
                    .contains("whorl.FileOpen");
              });
      assertThat(get(viewer, "/api/v1/alerts").at("/alerts/0/title").asText()).isEqualTo("t");
      assertThat(get(viewer, "/api/v1/evidence/" + agent.evidence).path("state").asText())
          .isEqualTo("sealed");
    } finally {
      server.stop();
    }
  }

  /** The answer to the alert; captures may be ordered before it. */
  private static CollectorMessage.AlertVerdict verdict(RawChannel channel) throws IOException {
    for (CollectorMessage each = channel.next(); each != null; each = channel.next()) {
      if (each instanceof CollectorMessage.AlertVerdict verdict) {
        return verdict;
      }
    }
    throw new AssertionError("the channel ended without a verdict");
  }

  private static JsonNode get(HttpCaller caller, String path) throws IOException {
    return caller.call("GET", path, Map.of(), new byte[0]).json();
  }

  private String token(String role) throws IOException {
    return Files.readAllLines(folder.resolve("tokens")).stream()
        .filter(line -> line.startsWith(role + " "))
        .findFirst()
        .orElseThrow()
        .substring(role.length() + 1);
  }

  private static String message(String kind) throws IOException {
    try (InputStream in =
        EarlierMessagesTest.class.getResourceAsStream("earlier/messages/" + kind + ".json")) {
      if (in == null) {
        throw new IOException("no such message: " + kind);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }
}
