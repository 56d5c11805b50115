package whorl.collector.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import whorl.evidence.Json;

/** A server that keeps what is posted to it, and answers as a test wants. */
public final class HttpReceiver implements AutoCloseable {
  /** What was posted; the names of headers are in lower case. */
  public record Post(Map<String, String> headers, byte[] body) {
    public com.fasterxml.jackson.databind.JsonNode json() {
      try {
        return Json.LENIENT.readTree(body);
      } catch (IOException e) {
        throw new IllegalStateException(new String(body, StandardCharsets.UTF_8), e);
      }
    }
  }

  public final List<Post> posts = new CopyOnWriteArrayList<>();
  public volatile int status = 200;
  public volatile String answer = "ok";
  public volatile byte[] bytes;
  public final Map<String, String> answerHeaders = new TreeMap<>();

  /** While this is not null, requests wait for it. */
  public volatile CountDownLatch hanging;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  private HttpReceiver(HttpServer server) {
    this.server = server;
  }

  public static HttpReceiver start() throws IOException {
    return start(0);
  }

  public static HttpReceiver start(int port) throws IOException {
    HttpReceiver receiver =
        new HttpReceiver(
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0));
    receiver.server.createContext("/", receiver::handle);
    receiver.server.setExecutor(receiver.threads);
    receiver.server.start();
    return receiver;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      Map<String, String> headers = new TreeMap<>();
      exchange
          .getRequestHeaders()
          .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
      posts.add(new Post(headers, body));
      CountDownLatch waiting = hanging;
      if (waiting != null) {
        try {
          waiting.await();
        } catch (InterruptedException e) {
          return;
        }
      }
      answerHeaders.forEach(exchange.getResponseHeaders()::set);
      byte[] content = bytes != null ? bytes : answer.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, content.length == 0 ? -1 : content.length);
      exchange.getResponseBody().write(content);
    }
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public String url() {
    return "http://127.0.0.1:" + port() + "/hook";
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
