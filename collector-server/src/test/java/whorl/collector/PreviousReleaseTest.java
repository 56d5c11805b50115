package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.HttpCaller;
import whorl.collector.testkit.RawChannel;
import whorl.evidence.AgentIdentity;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CollectorMessage;

/**
 * An agent of this version with the collector of an earlier release, whose jars are in the folder
 * of {@code -Dwhorl.previous}.
 */
@Timeout(120)
@EnabledIfSystemProperty(named = "whorl.previous", matches = ".+")
class PreviousReleaseTest {
  @TempDir private Path folder;

  @Test
  void agentOfThisVersion_isTakenByTheEarlierCollector() throws Exception {
    Path out = folder.resolve("out");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                Path.of(System.getProperty("whorl.previous")).toAbsolutePath() + "/*",
                "whorl.collector.Main",
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--data",
                folder.resolve("data").toString())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> Files.readString(out).contains("listening on http"));
      String url = Files.readString(out).replaceAll("(?s).*listening on (http://[0-9.:]+).*", "$1");
      FakeAgent agent = new FakeAgent();
      agent.with("threads.txt", "\"main\" prio=5\n");
      agent.seal();
      try (RawChannel channel =
          RawChannel.open(url, token("agent"), InetAddress.getLoopbackAddress())) {
        CollectorMessage.Welcome welcome =
            channel.hello(
                new AgentIdentity(
                    agent.id, "shop", null, Map.of(), null, null, null, "node", 1, "21", "0.2.0"),
                agent.key);
        assertThat(welcome.heartbeatSeconds()).isPositive();
        channel.say(new AgentMessage.Status(Map.of("events", 3L), null, null));
        channel.say(new AgentMessage.ManifestSealed(agent.capture, agent.evidence, null));
        assertThat(agent.shipAll(new HttpCaller(url, token("agent"))).status()).isEqualTo(204);
        HttpCaller viewer = new HttpCaller(url, token("viewer"));
        await()
            .untilAsserted(
                () ->
                    assertThat(get(viewer, "/api/v1/agents"))
                        .contains("\"connected\":true", "\"events\":3"));
        assertThat(get(viewer, "/api/v1/evidence/" + agent.evidence))
            .contains("\"state\":\"sealed\"");
      }
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  private static String get(HttpCaller caller, String path) {
    return caller.call("GET", path, Map.of(), new byte[0]).text();
  }

  private String token(String role) throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve("data/tokens"));
    return lines.stream()
        .filter(line -> line.startsWith(role + " "))
        .findFirst()
        .orElseThrow()
        .substring(role.length() + 1);
  }
}
