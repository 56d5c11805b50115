package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hundred replicas meet the same bad request at once. */
final class StormIT {
  private static final int AGENTS = 200;

  @TempDir Path folder;

  @Test
  void storm_ofTwoHundredAgents_isThreeFullCapturesAndAllTheAlerts() throws Exception {
    try (World world = new World(folder)) {
      HttpClient http = HttpClient.newHttpClient();
      List<Replica> replicas = new ArrayList<>();
      for (int i = 0; i < AGENTS; i++) {
        replicas.add(Replica.connect(http, world.collector(), i));
      }
      for (Replica replica : replicas) {
        replica.welcomed.get(60, TimeUnit.SECONDS);
      }

      List<CompletableFuture<String>> verdicts = new ArrayList<>();
      replicas.forEach(replica -> verdicts.add(replica.raise()));

      int full = 0;
      for (CompletableFuture<String> verdict : verdicts) {
        full += verdict.get(60, TimeUnit.SECONDS).contains("\"full\":true") ? 1 : 0;
      }
      assertThat(full).isEqualTo(3);
      assertThat(world.collector().get("/api/v1/alerts?limit=1000").path("alerts")).hasSize(AGENTS);
    }
  }

  /** An agent as the collector sees it on the wire. */
  private static final class Replica implements WebSocket.Listener {
    final CompletableFuture<String> welcomed = new CompletableFuture<>();
    private final CompletableFuture<String> verdict = new CompletableFuture<>();
    private final StringBuilder message = new StringBuilder();
    private WebSocket socket;

    static Replica connect(HttpClient http, Collector collector, int number) throws Exception {
      Replica replica = new Replica();
      URI channel = URI.create("ws://127.0.0.1:" + collector.port() + "/agent/v1/channel");
      replica.socket =
          http.newWebSocketBuilder()
              .header("Authorization", "Bearer " + collector.token("agent"))
              .buildAsync(channel, replica)
              .get(60, TimeUnit.SECONDS);
      replica.send(
          """
          {"type":"hello","identity":{"id":"%s","service":"shop","labels":{},"pod":"shop-%d","pid":1,
           "jvm":"OpenJDK 64-Bit Server VM 21","agentVersion":"0.1.0"},"capabilities":{}}
          """
              .formatted(UUID.randomUUID(), number));
      return replica;
    }

    CompletableFuture<String> raise() {
      send(
          """
          {"type":"alert","alert":{"id":"%s","source":"whorl","time":"%s",
            "rule":"5c1d9d0e-0000-4000-8000-000000000001","level":"high","title":"The same thing","tags":[],
            "fields":{"path":"/proc/self/environ"},"thread":"http-1","stack":["a.B.c(B.java:1)"]},
           "capture":"%s","journal":[]}
          """
              .formatted(UUID.randomUUID(), Instant.now(), UUID.randomUUID()));
      return verdict;
    }

    private void send(String json) {
      socket.sendText(json, true).join();
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
      message.append(data);
      if (last) {
        String text = message.toString();
        message.setLength(0);
        if (text.contains("\"welcome\"")) {
          welcomed.complete(text);
        } else if (text.contains("\"alert-verdict\"")) {
          verdict.complete(text);
        }
      }
      webSocket.request(1);
      return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
      welcomed.completeExceptionally(error);
      verdict.completeExceptionally(error);
    }
  }
}
