package whorl.collector.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BoundedExchangeTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private ServerSocket server;

  @BeforeEach
  void open() throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  @Test
  void send_answer_isReadWhole() throws Exception {
    answering("HTTP/1.1 201 Created\r\nConnection: close\r\nContent-Length: 5\r\n\r\nwhole");
    HttpResponse<byte[]> answer = BoundedExchange.send(client, request(), 5, LONG);
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.body()).asString(StandardCharsets.UTF_8).isEqualTo("whole");
  }

  /** The JDK's own timeout ends with the headers. */
  @Test
  void send_serverThatStopsAfterItsHeaders_isLate() throws Exception {
    CompletableFuture<Integer> afterwards =
        answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwh");
    assertThatIOException()
        .isThrownBy(() -> BoundedExchange.send(client, request(), 5, Duration.ofMillis(500)))
        .isInstanceOf(HttpTimeoutException.class)
        .withMessage("no whole answer within 500 ms");
    assertThat(afterwards.get(20, TimeUnit.SECONDS)).as("the connection is closed").isNegative();
  }

  @Test
  void send_answerThatIsTooLong_isRefused() throws Exception {
    answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole");
    assertThatIOException()
        .isThrownBy(() -> BoundedExchange.send(client, request(), 4, LONG))
        .withMessage("the answer has more than 4 bytes");
  }

  @Test
  void sendForBeginning_longAnswer_isLeftAfterTheFirstBytes() throws Exception {
    CompletableFuture<Integer> afterwards =
        answering("HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\nwhole");
    HttpResponse<byte[]> answer = BoundedExchange.sendForBeginning(client, request(), 4, LONG);
    assertThat(answer.body()).asString(StandardCharsets.UTF_8).isEqualTo("whol");
    assertThat(afterwards.get(20, TimeUnit.SECONDS)).as("the connection is closed").isNegative();
  }

  @Test
  void send_connectionThatEnds_isAFailure() throws Exception {
    CompletableFuture<Void> accepted =
        CompletableFuture.runAsync(
            () -> {
              try {
                server.accept().close();
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThatIOException()
        .isThrownBy(() -> BoundedExchange.send(client, request(), 4, LONG))
        .isNotInstanceOf(HttpTimeoutException.class);
    accepted.get(20, TimeUnit.SECONDS);
  }

  private HttpRequest request() {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getLocalPort() + "/"))
        .build();
  }

  /**
   * Sends this to the client that connects, after the request.
   *
   * @return what is read then: -1 when the client closes the connection
   */
  private CompletableFuture<Integer> answering(String answer) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (Socket socket = server.accept()) {
            readRequest(socket);
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            return socket.getInputStream().read();
          } catch (IOException reset) {
            return -1;
          }
        });
  }

  private static void readRequest(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int read = socket.getInputStream().read();
      if (read < 0) {
        throw new IOException("the request ended within its head");
      }
      head.append((char) read);
    }
  }
}
