package whorl.collector.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BoundedExchangeTest {
  private static final int MAX_BYTES = 10_000;

  private final HttpClient client = HttpClient.newHttpClient();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/whole",
        exchange -> {
          exchange.sendResponseHeaders(200, 2);
          exchange.getResponseBody().write("ok".getBytes(StandardCharsets.US_ASCII));
          exchange.close();
        });
    server.createContext(
        "/stalled",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write('o');
          exchange.getResponseBody().flush();
          try {
            boolean unused = ended.await(50, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
    server.createContext(
        "/endless",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] more = new byte[1_000];
          while (true) {
            exchange.getResponseBody().write(more);
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    ended.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private byte[] get(String path, Duration whole) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path))
            .timeout(whole)
            .build();
    return BoundedExchange.send(client, request, MAX_BYTES, whole).body();
  }

  @Test
  void answer_isReadWhole() throws IOException {
    assertThat(get("/whole", Duration.ofSeconds(30))).asString().isEqualTo("ok");
  }

  @Test
  void bodyThatNeverEnds_isAFailureInTime() {
    assertThatThrownBy(() -> get("/stalled", Duration.ofSeconds(1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no end of the answer within 1000 ms");
  }

  @Test
  void bodyThatIsTooLong_isAFailure() {
    assertThatThrownBy(() -> get("/endless", Duration.ofSeconds(30)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more than " + MAX_BYTES + " bytes");
  }
}
