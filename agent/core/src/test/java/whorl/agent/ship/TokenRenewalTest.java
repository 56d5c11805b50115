package whorl.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpMethod;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.config.AgentConfig;
import whorl.agent.ship.net.CollectorUrl;
import whorl.agent.ship.net.Credentials;
import whorl.agent.ship.net.HttpConnection;
import whorl.agent.ship.net.Network;

/** A projected token is renewed in its file while a connection goes on. */
class TokenRenewalTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  @TempDir private Path folder;

  @Test
  void tokenInAFile_isReadForEachRequestOfAConnection() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), FakeCollector.TOKEN);
    try (FakeCollector collector = FakeCollector.start()) {
      Network network = Network.start(work -> new Thread(work, "whorl-net"));
      Credentials credentials =
          new Credentials(new AgentConfig.Collector(collector.url(), null, file, null, null, null));
      try (HttpConnection connection =
          HttpConnection.open(network, CollectorUrl.of(collector.url()), credentials, LIMIT)) {
        assertThat(status(connection)).isEqualTo(404);
        Files.writeString(file, "a token that has expired".replace(' ', '-'));
        assertThat(status(connection)).isEqualTo(401);
        Files.writeString(file, FakeCollector.TOKEN);
        assertThat(status(connection)).isEqualTo(404);
        Files.delete(file);
        assertThat(
                connection.send(HttpMethod.HEAD, "/agent/v1/uploads/x", Map.of(), new byte[0], 0))
            .failsWithin(LIMIT)
            .withThrowableThat()
            .withMessageContaining("collector.token-file " + file);
        Files.writeString(file, FakeCollector.TOKEN);
        assertThat(status(connection)).as("the connection goes on").isEqualTo(404);
      } finally {
        network.close(LIMIT);
      }
      assertThat(collector.connections.get()).isEqualTo(1);
    }
  }

  private static int status(HttpConnection connection) throws Exception {
    return connection
        .await(
            connection.send(
                HttpMethod.HEAD,
                "/agent/v1/uploads/x",
                Map.of("Tus-Resumable", "1.0.0"),
                new byte[0],
                0),
            LIMIT)
        .status();
  }
}
