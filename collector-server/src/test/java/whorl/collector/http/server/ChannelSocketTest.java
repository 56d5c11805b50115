package whorl.collector.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static whorl.collector.http.server.RunningServer.bearer;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.http.request.Principal;

@Timeout(60)
class ChannelSocketTest {
  private final Echo echo = new Echo();
  private RunningServer server;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    server = new RunningServer(folder, EdgeLimits.STANDARD, echo);
  }

  @AfterEach
  void stop() {
    echo.release.countDown();
    server.close();
  }

  @Test
  void messages_areEchoedInOrder() throws Exception {
    Client client = new Client();
    WebSocket socket = open(client);
    for (int i = 0; i < 200; i++) {
      socket.sendText("message " + i, true).get();
    }
    await().until(() -> client.received.size() == 200);
    assertThat(client.received.get(199)).isEqualTo("message 199");
    assertThat(echo.overlaps.get()).isZero();
    assertThat(echo.principals.get(0)).startsWith("agent-");
  }

  @Test
  void message_inManyFrames_isReceivedAsOne() throws Exception {
    Client client = new Client();
    WebSocket socket = open(client);
    String part = "x".repeat(100_000);
    for (int i = 0; i < 9; i++) {
      socket.sendText(part, false).get();
    }
    socket.sendText(part, true).get();
    await().until(() -> !client.received.isEmpty());
    assertThat(client.received.get(0)).hasSize(1_000_000);
  }

  @Test
  void message_overOneMebibyte_closesTheChannel() throws Exception {
    Client client = new Client();
    WebSocket socket = open(client);
    String part = "x".repeat(100_000);
    for (int i = 0; i < 12; i++) {
      socket.sendText(part, false).get();
    }
    assertThat(client.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1009);
    await().until(() -> echo.closed.get() == 1);
  }

  @Test
  void frame_overOneMebibyte_closesTheChannel() throws Exception {
    Client client = new Client();
    open(client).sendText("x".repeat(1_100_000), true).get();
    assertThat(client.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1009);
    await().until(() -> echo.closed.get() == 1);
  }

  @Test
  void binaryMessage_closesTheChannel() throws Exception {
    Client client = new Client();
    open(client).sendBinary(ByteBuffer.wrap(new byte[] {1, 2}), true).get();
    assertThat(client.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1003);
  }

  @Test
  void ping_isAnswered() throws Exception {
    Client client = new Client();
    WebSocket socket = open(client);
    for (int i = 0; i < 3; i++) {
      socket.sendPing(ByteBuffer.wrap(new byte[] {7})).get();
    }
    await().until(() -> client.pongs.get() == 3);
  }

  @Test
  void silence_closesTheChannel(@TempDir Path folder) throws Exception {
    server.close();
    server = new RunningServer(folder, shortIdleTime(), echo);
    Client client = new Client();
    open(client);
    assertThat(client.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1001);
    await().until(() -> echo.closed.get() == 1);
  }

  @Test
  void silence_ofAPeerKnownToBeAlive_isAcceptedUntilItIsNot(@TempDir Path folder) throws Exception {
    server.close();
    server = new RunningServer(folder, shortIdleTime(), echo);
    echo.lives.set(true);
    Client client = new Client();
    WebSocket socket = open(client);
    await().until(() -> echo.livesCalls.get() >= 3);
    assertThat(client.closed).isNotDone();
    socket.sendText("awake", true).get();
    await().until(() -> client.received.contains("awake"));

    echo.lives.set(false);
    assertThat(client.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1001);
  }

  private static EdgeLimits shortIdleTime() {
    EdgeLimits.Times usual = EdgeLimits.Times.STANDARD;
    EdgeLimits.Times hurried =
        new EdgeLimits.Times(
            usual.headers(),
            usual.idle(),
            usual.bodyIdle(),
            usual.bodyGrace(),
            usual.minBytesPerSecond(),
            Duration.ofMillis(500),
            usual.stop());
    return new EdgeLimits(EdgeLimits.Sizes.STANDARD, hurried, EdgeLimits.Threads.STANDARD);
  }

  @Test
  void vanishedClient_isReportedOnce() throws Exception {
    Client client = new Client();
    WebSocket socket = open(client);
    socket.abort();
    await().until(() -> echo.closed.get() == 1);
    assertThat(server.metrics.text()).contains("whorl_channels_open 0");
  }

  @Test
  void messageAtWork_isNoSilenceOfThePeer_whoseEndIsKnownMeanwhile() throws Exception {
    Client client = new Client();
    WebSocket socket = open(client);
    await().until(() -> !echo.peers.isEmpty());
    ChannelEndpoint.Peer peer = echo.peers.get(0);
    await().until(() -> !peer.hasUnprocessedMessages());
    socket.sendText("wait", true).get();
    await().until(peer::hasUnprocessedMessages);
    assertThat(peer.isGone()).isFalse();

    echo.release.countDown();
    await().until(() -> !peer.hasUnprocessedMessages());
    await().until(() -> client.received.equals(List.of("wait")));
    socket.abort();
    await().until(peer::isGone);
  }

  /** Else a thousand agents of an intruder fill the memory with what waits. */
  @Test
  void messagesThatWait_areBoundedTogether(@TempDir Path folder) throws Exception {
    server.close();
    EdgeLimits.Sizes usual = EdgeLimits.Sizes.STANDARD;
    EdgeLimits.Sizes small =
        new EdgeLimits.Sizes(
            usual.maxConnections(),
            usual.maxRequestLineBytes(),
            usual.maxHeaderBytes(),
            usual.maxMessageBytes(),
            usual.maxQueuedBytes(),
            210_000,
            usual.maxHeldBytes());
    server =
        new RunningServer(
            folder,
            new EdgeLimits(small, EdgeLimits.Times.STANDARD, EdgeLimits.Threads.STANDARD),
            echo);
    List<Client> clients = new ArrayList<>();
    List<WebSocket> sockets = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      clients.add(new Client());
      sockets.add(open(clients.get(i)));
    }
    await().until(() -> echo.peers.size() == 5);
    for (int i = 0; i < EdgeLimits.Threads.STANDARD.channels(); i++) {
      open(new Client()).sendText("wait", true).get();
    }
    await().until(() -> echo.waiting.get() == EdgeLimits.Threads.STANDARD.channels());

    for (WebSocket socket : sockets) {
      socket.sendText("x".repeat(100_000), true).get();
    }
    await()
        .until(
            () ->
                echo.peers.stream()
                    .allMatch(each -> each.hasUnprocessedMessages() || each.isGone()));
    echo.release.countDown();

    // the last waits in its socket, or is refused if it was read already
    await()
        .until(
            () ->
                clients.stream()
                    .allMatch(each -> !each.received.isEmpty() || each.closed.isDone()));
    assertThat(clients).filteredOn(each -> !each.received.isEmpty()).hasSizeGreaterThanOrEqualTo(4);
    Client larger = new Client();
    open(larger).sendText("y".repeat(300_000), true).get();
    await().until(() -> !larger.received.isEmpty());
    Client tooLarge = new Client();
    open(tooLarge).sendText("z".repeat(450_000), true).get();
    await().until(tooLarge.closed::isDone);
    assertThat(server.metrics.text()).contains("reason=\"too-many-messages\"}");
  }

  @Test
  void peerThatDoesNotRead_isClosedAtItsQueueLimit() throws Exception {
    try (Socket socket = server.connect()) {
      socket.setReceiveBufferSize(8192);
      upgrade(socket);
      await().until(() -> !echo.peers.isEmpty());
      ChannelEndpoint.Peer peer = echo.peers.get(0);
      String large = "y".repeat(100_000);
      int sent = 0;
      while (peer.send(large) && sent < 1000) {
        sent++;
      }
      assertThat(sent).isBetween(1, 999);
      assertThat(server.metrics.text()).contains("reason=\"slow-channel\"} 1");
      await().until(() -> echo.closed.get() == 1);
    }
  }

  /** Else the answers to its pings fill the memory, in seconds and over one connection. */
  @Test
  void peerThatSendsPingsAndDoesNotRead_isClosedAtItsQueueLimit() throws Exception {
    try (Socket socket = server.connect()) {
      socket.setReceiveBufferSize(8192);
      upgrade(socket);
      byte[] pings = new byte[1000 * (6 + 125)];
      for (int at = 0; at < pings.length; at += 6 + 125) {
        pings[at] = (byte) 0x89;
        pings[at + 1] = (byte) (0x80 | 125);
      }
      assertThatThrownBy(
              () -> {
                for (int thousand = 0; thousand < 500; thousand++) {
                  socket.getOutputStream().write(pings);
                }
              })
          .isInstanceOf(IOException.class);
      assertThat(server.metrics.text()).contains("reason=\"slow-channel\"} 1");
    }
  }

  /** Anybody with an agent's token can open very many channels and say nothing. */
  @Test
  void channelThatIsNotAccepted_givesWayToNewConnections(@TempDir Path folder) throws Exception {
    server.close();
    server = new RunningServer(folder, RunningServer.maxConnections(2), echo);
    Client accepted = new Client();
    open(accepted).sendText("accept", true).get();
    await().until(() -> !accepted.received.isEmpty());
    try (Socket silent = server.connect()) {
      upgrade(silent);

      assertThat(server.request("GET", "/open")).startsWith("HTTP/1.1 200 ");
      assertThat(RunningServer.readAll(silent)).isEmpty();
      assertThat(accepted.closed).isNotDone();
    }
  }

  @Test
  void halfFrames_takeNoMoreThanTheLimit_andAQuickPeerGetsThrough(@TempDir Path folder)
      throws Exception {
    server.close();
    server = new RunningServer(folder, RunningServer.maxHeld(400_000), echo);
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 12; i++) {
        Socket socket = server.connect();
        slow.add(socket);
        upgrade(socket);
        // a text of 500,000 bytes
        byte[] frame = new byte[14 + 40_000];
        ByteBuffer.wrap(frame).put((byte) 0x81).put((byte) 0xFF).putLong(500_000);
        socket.getOutputStream().write(frame);
      }
      assertThat(RunningServer.readAll(slow.get(0))).isEmpty();
      assertThat(server.metrics.text()).contains("reason=\"slow-client\"}");

      Client quick = new Client();
      open(quick).sendText("q".repeat(100_000), true).get();
      await().until(() -> !quick.received.isEmpty());
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  @Test
  void halfMessages_takeNoMoreThanTheLimit_howeverSmallTheirFramesAre(@TempDir Path folder)
      throws Exception {
    server.close();
    server = new RunningServer(folder, RunningServer.maxHeld(200_000), echo);
    Client first = new Client();
    Client second = new Client();
    for (Client client : List.of(first, second)) {
      WebSocket socket = open(client);
      for (int i = 0; i < 300; i++) {
        socket.sendText("x", false).get();
      }
    }
    await().until(() -> first.closed.isDone() || second.closed.isDone());
    assertThat(List.of(first, second)).filteredOn(each -> each.closed.isDone()).hasSize(1);

    Client quick = new Client();
    open(quick).sendText("hello", true).get();
    await().until(() -> quick.received.equals(List.of("hello")));
    assertThat(quick.closed).isNotDone();
  }

  @Test
  void upgrade_withoutAgentTokenOrHandshake_isRefused() throws Exception {
    assertThat(server.request("GET", "/agent/v1/channel")).startsWith("HTTP/1.1 401 ");
    assertThat(server.request("GET", "/agent/v1/channel", bearer(RunningServer.RESPONDER)))
        .startsWith("HTTP/1.1 403 ");
    assertThat(server.request("GET", "/agent/v1/channel", bearer(RunningServer.AGENT)))
        .startsWith("HTTP/1.1 426 ")
        .containsIgnoringCase("Sec-WebSocket-Version: 13");
    assertThat(server.request("POST", "/agent/v1/channel", bearer(RunningServer.AGENT)))
        .startsWith("HTTP/1.1 405 ");
    assertThatThrownBy(
            () ->
                HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .header("Authorization", "Bearer wrong-wrong-wrong-wrong")
                    .buildAsync(uri(), new Client())
                    .get())
        .hasMessageContaining("WebSocketHandshakeException");
  }

  @Test
  void failingListener_closesOnlyItsChannel() throws Exception {
    Client failing = new Client();
    open(failing).sendText("fail", true).get();
    assertThat(failing.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1011);
    Client other = new Client();
    open(other).sendText("hello", true).get();
    await().until(() -> other.received.equals(List.of("hello")));
  }

  @Test
  void stoppingServer_closesWith1001() throws Exception {
    Client client = new Client();
    open(client);
    server.close();
    assertThat(client.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1001);
    assertThat(echo.closed.get()).isEqualTo(1);
  }

  private static void upgrade(Socket socket) throws IOException {
    String request =
        "GET /agent/v1/channel HTTP/1.1\r\n"
            + "Host: x\r\n"
            + "Connection: Upgrade\r\n"
            + "Upgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            + bearer(RunningServer.AGENT)
            + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) socket.getInputStream().read());
    }
    assertThat(head).startsWith("HTTP/1.1 101 ");
  }

  private URI uri() {
    return URI.create(server.uri("/agent/v1/channel").toString().replace("http:", "ws:"));
  }

  private WebSocket open(Client client) throws Exception {
    return HttpClient.newHttpClient()
        .newWebSocketBuilder()
        .connectTimeout(Duration.ofSeconds(10))
        .header("Authorization", "Bearer " + RunningServer.AGENT)
        .buildAsync(uri(), client)
        .get(10, TimeUnit.SECONDS);
  }

  /** Echoes every message. */
  private static final class Echo implements ChannelEndpoint {
    final CountDownLatch release = new CountDownLatch(1);
    final List<Peer> peers = new CopyOnWriteArrayList<>();
    final List<String> principals = new CopyOnWriteArrayList<>();
    final AtomicInteger closed = new AtomicInteger();
    final AtomicInteger overlaps = new AtomicInteger();
    final AtomicInteger livesCalls = new AtomicInteger();
    final AtomicBoolean lives = new AtomicBoolean();
    final AtomicInteger waiting = new AtomicInteger();

    private void waitForRelease() {
      try {
        release.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public Listener opened(Peer peer, Principal principal) {
      AtomicInteger inside = new AtomicInteger();
      principals.add(principal.name());
      peers.add(peer);
      return new Listener() {
        @Override
        public void text(String message) {
          if (inside.incrementAndGet() > 1) {
            overlaps.incrementAndGet();
          }
          if (message.equals("fail")) {
            throw new IllegalStateException("asked to");
          }
          if (message.equals("accept")) {
            peer.accepted();
          }
          if (message.equals("wait")) {
            waiting.incrementAndGet();
            waitForRelease();
          }
          peer.send(message);
          inside.decrementAndGet();
        }

        @Override
        public boolean lives() {
          livesCalls.incrementAndGet();
          return lives.get();
        }

        @Override
        public void closed() {
          closed.incrementAndGet();
        }
      };
    }
  }

  private static final class Client implements WebSocket.Listener {
    final List<String> received = new CopyOnWriteArrayList<>();
    final AtomicInteger pongs = new AtomicInteger();
    final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder partial = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      partial.append(data);
      if (last) {
        received.add(partial.toString());
        partial.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
      pongs.incrementAndGet();
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      closed.complete(code);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      closed.completeExceptionally(error);
    }
  }
}
