package whorl.collector.custody.publish;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class OutsideTest {
  /** A request's own time limit ends with the headers of its answer. */
  @Test
  void answerThatBegins_andDoesNotEnd_isAFailure() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    ExecutorService threads = Executors.newCachedThreadPool();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 10);
          exchange.getResponseBody().write(1);
          exchange.getResponseBody().flush();
          try {
            boolean unused = release.await(20, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.start();
    try {
      URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/secret");
      Outside outside = new Outside(url, Duration.ofMillis(500));

      assertThatThrownBy(() -> outside.post("text/plain", new byte[] {1}))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no whole answer")
          .hasMessageNotContaining("secret");
    } finally {
      release.countDown();
      server.stop(0);
      threads.shutdownNow();
    }
  }
}
