package whorl.collector.page;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.channel.AgentMessage;

/** Many connected agents that only send heartbeats, fifty for each service. */
final class Crowd implements AutoCloseable {
  static final int AGENTS_PER_SERVICE = 50;
  private static final int HEARTBEAT_SECONDS = 5;

  private final ExecutorService threads = Executors.newFixedThreadPool(2);
  private final ScheduledExecutorService heartbeats = Executors.newSingleThreadScheduledExecutor();
  private final List<WebSocket> channels = new ArrayList<>();

  Crowd(String collector, String token, int agents) {
    HttpClient client = HttpClient.newBuilder().executor(threads).build();
    URI channel = URI.create(collector.replaceFirst("^http", "ws") + "/agent/v1/channel");
    for (int i = 0; i < agents; i++) {
      WebSocket socket =
          client
              .newWebSocketBuilder()
              .header("Authorization", "Bearer " + token)
              .connectTimeout(Duration.ofSeconds(20))
              .buildAsync(channel, new WebSocket.Listener() {})
              .join();
      send(socket, new AgentMessage.Hello(identity(i), null, Map.of("jdk.jfr", true))).join();
      channels.add(socket);
    }
    heartbeats.scheduleAtFixedRate(
        this::sendHeartbeats, HEARTBEAT_SECONDS, HEARTBEAT_SECONDS, TimeUnit.SECONDS);
  }

  static String service(int agent) {
    return "service-%02d".formatted(agent / AGENTS_PER_SERVICE);
  }

  /** Cuts the channels of the first agents without a goodbye. */
  void lose(int agents) {
    channels.subList(0, agents).forEach(WebSocket::abort);
  }

  private void sendHeartbeats() {
    for (WebSocket channel : channels) {
      if (!channel.isOutputClosed()) {
        send(channel, new AgentMessage.Status(Map.of(), null, null));
      }
    }
  }

  private static CompletableFuture<WebSocket> send(WebSocket channel, AgentMessage message) {
    return channel.sendText(Json.text(message), true);
  }

  private static AgentIdentity identity(int i) {
    return new AgentIdentity(
        Id.next(InstantSource.system()),
        service(i),
        "default",
        Map.of(),
        service(i) + "-" + i,
        null,
        null,
        "node-" + i % 40,
        1,
        "OpenJDK 64-Bit Server VM 21.0.5",
        "0.1.0");
  }

  @Override
  public void close() {
    heartbeats.shutdownNow();
    channels.forEach(WebSocket::abort);
    threads.shutdownNow();
  }
}
