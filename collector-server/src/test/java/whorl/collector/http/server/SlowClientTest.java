package whorl.collector.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static whorl.collector.http.server.RunningServer.bearer;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SlowClientTest {
  /** They take thirty times as much memory as their text. */
  private static final String MANY_HEADERS = "A: b\r\n".repeat(100);

  private RunningServer server;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    server = new RunningServer(folder, RunningServer.shortDeadlines(), RunningServer.noChannel());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void headers_thatArriveSlowly_areRefusedAtTheDeadline() throws Exception {
    try (Socket socket = server.connect()) {
      drip(socket, "GET /open HTTP/1.1\r\nX-Slow: " + "a".repeat(10_000));
      assertThat(RunningServer.readAll(socket))
          .startsWith("HTTP/1.1 408 ")
          .contains("headers too slow");
    }
  }

  @Test
  void headers_thatArriveSlowlyOnAKeptConnection_areRefusedToo() throws Exception {
    try (Socket socket = server.connect()) {
      send(socket, "GET /open HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(socket.getInputStream().read()).isEqualTo('H');
      drip(socket, "GET /open HTTP/1.1\r\nX-Slow: " + "a".repeat(10_000));
      assertThat(RunningServer.readAll(socket)).contains("HTTP/1.1 408 ");
    }
  }

  @Test
  void connection_withoutAnyByte_isClosed() throws Exception {
    try (Socket socket = server.connect()) {
      assertThat(RunningServer.readAll(socket)).isEmpty();
    }
  }

  @Test
  void connection_idleBetweenRequests_isClosed() throws Exception {
    try (Socket socket = server.connect()) {
      send(socket, "GET /open HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(RunningServer.readAll(socket)).startsWith("HTTP/1.1 200 ");
    }
    assertThat(server.metrics.text()).contains("reason=\"idle\"} 1");
  }

  @Test
  void body_thatStops_isRefused() throws Exception {
    try (Socket socket = server.connect()) {
      send(socket, upload(1000) + "abc");
      assertThat(RunningServer.readAll(socket))
          .startsWith("HTTP/1.1 408 ")
          .contains("no byte of the body came for 400 ms");
    }
  }

  @Test
  void body_belowTheMinimumRate_isRefused(@TempDir Path folder) throws Exception {
    EdgeLimits patient = RunningServer.shortDeadlines(Duration.ofSeconds(10));
    try (RunningServer other = new RunningServer(folder, patient, RunningServer.noChannel());
        Socket socket = other.connect()) {
      send(socket, upload(100_000));
      drip(socket, "a".repeat(10_000));
      assertThat(RunningServer.readAll(socket))
          .startsWith("HTTP/1.1 408 ")
          .contains("fewer than 4096 bytes of the body a second");
    }
  }

  @Test
  void client_thatDoesNotReadAStream_costsLittleMemory_andIsClosed() throws Exception {
    try (Socket socket = server.connect()) {
      socket.setReceiveBufferSize(8192);
      send(socket, "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(socket.getInputStream().read()).isEqualTo('H');
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () ->
                  assertThat(server.metrics.text())
                      .contains("route=\"/stream\",status=\"200\"} 1"));
    }
  }

  @Test
  void client_thatDoesNotReadAFile_isClosed() throws Exception {
    StringBuilder requests = new StringBuilder();
    for (int i = 0; i < 30; i++) {
      requests.append("GET /file HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    try (Socket socket = server.connect()) {
      socket.setReceiveBufferSize(8192);
      send(socket, requests.toString());
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () -> assertThat(server.metrics.text()).contains("reason=\"slow-reader\"} 1"));
    }
  }

  @Test
  void halfBodies_takeNoMoreThanTheLimit_andAQuickClientIsAnswered(@TempDir Path folder)
      throws Exception {
    List<Socket> slow = new ArrayList<>();
    try (RunningServer small = maxHeld(folder, 212_000)) {
      for (int i = 0; i < 30; i++) {
        slow.add(small.connect());
        send(slow.get(i), login(900) + "a".repeat(500));
      }
      await().until(() -> open(slow).size() == 12);
      assertThat(small.metrics.text()).contains("reason=\"slow-client\"} 18");
      assertThat(small.raw(login(5) + "hello")).startsWith("HTTP/1.1 200 ").endsWith("hello");

      // the quick client waited for its worker, perhaps, and one more gave way
      await()
          .until(
              () ->
                  small
                      .metrics
                      .text()
                      .contains("reason=\"slow-client\"} " + (30 - open(slow).size())));
      Socket kept = open(slow).get(0);
      send(kept, "b".repeat(400));
      assertThat(RunningServer.readAll(kept)).startsWith("HTTP/1.1 200 ");
    } finally {
      close(slow);
    }
  }

  @Test
  void halfHeads_takeNoMoreThanTheLimit_andAQuickClientIsAnswered(@TempDir Path folder)
      throws Exception {
    List<Socket> slow = new ArrayList<>();
    try (RunningServer small = maxHeld(folder, 1_000_000)) {
      for (int i = 0; i < 20; i++) {
        slow.add(small.connect());
        send(slow.get(i), "GET /open HTTP/1.1\r\nHost: x\r\nX-Slow: " + "a".repeat(2_000));
      }
      await().until(() -> open(slow).size() == 10);
      assertThat(small.metrics.text()).contains("reason=\"slow-client\"} 10");
      assertThat(small.request("GET", "/open")).startsWith("HTTP/1.1 200 ");
    } finally {
      close(slow);
    }
  }

  @Test
  void headsWhoseBodiesDoNotCome_takeNoMoreThanTheLimit(@TempDir Path folder) throws Exception {
    String head = "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n" + MANY_HEADERS;
    assertThatOfTwentyRemain(6, maxHeld(folder, 200_000), head + "\r\n");
  }

  @Test
  void halfTrailers_takeNoMoreThanTheLimit(@TempDir Path folder) throws Exception {
    String half =
        "POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + MANY_HEADERS;
    assertThatOfTwentyRemain(2, maxHeld(folder, 200_000), half);
  }

  private static void assertThatOfTwentyRemain(int remain, RunningServer small, String half)
      throws IOException {
    List<Socket> slow = new ArrayList<>();
    try (small) {
      for (int i = 0; i < 20; i++) {
        slow.add(small.connect());
        send(slow.get(i), half);
      }
      await().until(() -> open(slow).size() == remain);
      assertThat(small.raw(login(5) + "hello")).startsWith("HTTP/1.1 200 ").endsWith("hello");
    } finally {
      close(slow);
    }
  }

  @Test
  void requestsThatWaitForOneBeforeThem_takeNoMoreThanTheLimit(@TempDir Path folder)
      throws Exception {
    String next = "GET /open HTTP/1.1\r\nHost: x\r\n" + MANY_HEADERS + "\r\n";
    assertThatOfThreeRemainsOne(maxHeld(folder, 2_000_000), next);
  }

  @Test
  void trailersOfRequestsThatWait_takeNoMoreThanTheLimit(@TempDir Path folder) throws Exception {
    String head = "POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    String next = head + "0\r\n" + MANY_HEADERS + "\r\n";
    assertThatOfThreeRemainsOne(maxHeld(folder, 1_500_000), next);
  }

  private static void assertThatOfThreeRemainsOne(RunningServer small, String next)
      throws IOException {
    String waits = "GET /view/wait HTTP/1.1\r\nHost: x\r\n" + bearer(RunningServer.VIEWER);
    List<Socket> slow = new ArrayList<>();
    try (small) {
      for (int i = 0; i < 3; i++) {
        slow.add(small.connect());
        // after a large request, one read takes more
        send(slow.get(i), "GET /open HTTP/1.1\r\nHost: x\r\nX-Large: " + "a".repeat(6_000));
        send(slow.get(i), "\r\n\r\n");
        readOpen(slow.get(i));
        send(slow.get(i), waits + "\r\n\r\n" + next.repeat(30));
      }
      await().until(() -> open(slow).size() == 1);
    } finally {
      close(slow);
    }
  }

  @Test
  void roomForLongLines_ofIdleConnections_isNoMoreThanTheLimit(@TempDir Path folder)
      throws Exception {
    String large = "GET /open HTTP/1.1\r\nHost: x\r\nX-Large: " + "a".repeat(16_000) + "\r\n\r\n";
    assertThatFewOfTwentyIdleRemain(maxHeld(folder, 200_000), large);
  }

  @Test
  void roomForBlanks_ofIdleConnections_isNoMoreThanTheLimit(@TempDir Path folder) throws Exception {
    String blanks = "GET /open HTTP/1.1\r\nHost: x\r\nX-Large:" + " ".repeat(16_000) + "a\r\n\r\n";
    assertThatFewOfTwentyIdleRemain(maxHeld(folder, 200_000), blanks);
  }

  @Test
  void roomForLongTrailers_ofIdleConnections_isNoMoreThanTheLimit(@TempDir Path folder)
      throws Exception {
    String login = "POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    String body = "4\r\nopen\r\n0\r\nX-Large: " + "a".repeat(16_000) + "\r\n\r\n";
    assertThatFewOfTwentyIdleRemain(maxHeld(folder, 200_000), login + body);
  }

  private static void assertThatFewOfTwentyIdleRemain(RunningServer small, String large)
      throws IOException {
    List<Socket> idle = new ArrayList<>();
    try (small) {
      for (int i = 0; i < 20; i++) {
        idle.add(small.connect());
        send(idle.get(i), large);
        readOpen(idle.get(i));
      }
      // each took more while its head was not complete
      await().until(() -> open(idle).size() <= 6);
      assertThat(small.request("GET", "/open")).startsWith("HTTP/1.1 200 ");
    } finally {
      close(idle);
    }
  }

  @Test
  void headOfARequest_whoseResponseIsNotRead_counts(@TempDir Path folder) throws Exception {
    List<Socket> slow = new ArrayList<>();
    try (RunningServer small = maxHeld(folder, 4 * RunningServer.LARGE_BYTES + 20_000)) {
      for (int i = 0; i < 2; i++) {
        slow.add(small.connect());
        slow.get(i).setReceiveBufferSize(8192);
        send(slow.get(i), "GET /large HTTP/1.1\r\nHost: x\r\n" + MANY_HEADERS + "\r\n");
        assertThat(slow.get(i).getInputStream().read()).isEqualTo('H');
      }
      await().until(() -> small.metrics.text().contains("reason=\"slow-client\"} 1"));
    } finally {
      close(slow);
    }
  }

  @Test
  void responsesThatAreNotRead_takeNoMoreThanTheLimit(@TempDir Path folder) throws Exception {
    List<Socket> slow = new ArrayList<>();
    try (RunningServer small = maxHeld(folder, 5 * RunningServer.LARGE_BYTES)) {
      for (int i = 0; i < 3; i++) {
        slow.add(small.connect());
        slow.get(i).setReceiveBufferSize(8192);
        send(slow.get(i), "GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(slow.get(i).getInputStream().read()).isEqualTo('H');
      }
      await().until(() -> small.metrics.text().contains("reason=\"slow-client\"} 1"));
      assertThat(small.request("GET", "/open")).startsWith("HTTP/1.1 200 ");
    } finally {
      close(slow);
    }
  }

  /** Else small bodies with large heads fill the memory, because their deadline is far. */
  @Test
  void bodyThatCameInTime_leavesNothingUntilItsDeadline(@TempDir Path folder) throws Exception {
    try (RunningServer usual =
            new RunningServer(folder, EdgeLimits.STANDARD, RunningServer.noChannel());
        Socket socket = usual.connect()) {
      String request =
          "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nX-Large: "
              + "a".repeat(15_000)
              + "\r\n\r\nhello";
      InputStream in = new BufferedInputStream(socket.getInputStream());
      long before = usedBytes();
      for (int i = 0; i < 4000; i++) {
        send(socket, request);
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\nhello") < 0) {
          answer.append((char) in.read());
        }
        assertThat(answer).startsWith("HTTP/1.1 200 ");
      }
      assertThat(usedBytes() - before).isLessThan(20L << 20);
    }
  }

  private static long usedBytes() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static RunningServer maxHeld(Path folder, long bytes) throws IOException {
    return new RunningServer(folder, RunningServer.maxHeld(bytes), RunningServer.noChannel());
  }

  /** Returns those that the server has not closed. Whose memory is counted first, is by chance. */
  private static List<Socket> open(List<Socket> sockets) throws IOException {
    List<Socket> open = new ArrayList<>();
    for (Socket socket : sockets) {
      socket.setSoTimeout(1);
      try {
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
      } catch (SocketTimeoutException nothingYet) {
        open.add(socket);
      }
      socket.setSoTimeout(0);
    }
    return open;
  }

  private static void close(List<Socket> sockets) throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private static String login(int length) {
    return "POST /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "
        + length
        + "\r\n\r\n";
  }

  private static String upload(int length) {
    return "PATCH /upload HTTP/1.1\r\nHost: x\r\nContent-Length: "
        + length
        + "\r\n"
        + bearer(RunningServer.AGENT)
        + "\r\n\r\n";
  }

  private static void readOpen(Socket socket) throws IOException {
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("\r\n\r\nopen") < 0) {
      answer.append((char) socket.getInputStream().read());
    }
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends a few bytes every 20 ms until the server closes the connection. */
  private static void drip(Socket socket, String text) {
    Thread dripping =
        new Thread(
            () -> {
              try {
                OutputStream out = socket.getOutputStream();
                for (int i = 0; i + 5 <= text.length(); i += 5) {
                  out.write(text.substring(i, i + 5).getBytes(StandardCharsets.ISO_8859_1));
                  Thread.sleep(20);
                }
              } catch (IOException | InterruptedException closed) {
                // expected
              }
            });
    dripping.setDaemon(true);
    dripping.start();
  }
}
