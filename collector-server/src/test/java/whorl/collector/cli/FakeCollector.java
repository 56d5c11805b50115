package whorl.collector.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A scripted collector: each path has a list of answers that are given in turn; the last one
 * repeats.
 */
public final class FakeCollector implements AutoCloseable {
  /** One answer; if the body is shorter than {@code length}, the connection breaks. */
  public record Answer(int status, Map<String, String> headers, byte[] body, long length) {
    public static Answer json(int status, String json) {
      byte[] body = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
      return new Answer(status, Map.of("Content-Type", "application/json"), body, body.length);
    }

    public static Answer bytes(byte[] body) {
      return new Answer(200, Map.of("ETag", "\"it\""), body, body.length);
    }

    public static Answer broken(byte[] body, int sent) {
      byte[] part = java.util.Arrays.copyOf(body, sent);
      return new Answer(200, Map.of("ETag", "\"it\""), part, body.length);
    }

    public static Answer rest(byte[] body, int from) {
      byte[] part = java.util.Arrays.copyOfRange(body, from, body.length);
      String range = "bytes " + from + "-" + (body.length - 1) + "/" + body.length;
      return new Answer(206, Map.of("ETag", "\"it\"", "Content-Range", range), part, part.length);
    }
  }

  /** A received request. */
  public record ReceivedRequest(
      String method, String uri, Map<String, List<String>> headers, String body) {
    public String header(String name) {
      List<String> values = headers.get(name);
      return values == null ? null : values.get(0);
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();
  public final List<ReceivedRequest> requests = new CopyOnWriteArrayList<>();

  public FakeCollector() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /**
   * @param methodAndPath such as {@code GET /api/v1/agents}, without the query; single quotes in
   *     JSON stand for double ones
   */
  public FakeCollector on(String methodAndPath, Answer... inTurn) {
    answers.put(methodAndPath, new ArrayDeque<>(List.of(inTurn)));
    return this;
  }

  public FakeCollector on(String methodAndPath, String json) {
    return on(methodAndPath, Answer.json(200, json));
  }

  private void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    requests.add(
        new ReceivedRequest(
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            Map.copyOf(exchange.getRequestHeaders()),
            body));
    Answer answer = next(exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath());
    answer.headers().forEach(exchange.getResponseHeaders()::set);
    exchange.sendResponseHeaders(answer.status(), answer.length() == 0 ? -1 : answer.length());
    OutputStream out = exchange.getResponseBody();
    out.write(answer.body());
    out.flush();
    // closing before all bytes are sent breaks the connection, as intended for a short body
    exchange.close();
  }

  private Answer next(String methodAndPath) {
    Deque<Answer> queue = answers.get(methodAndPath);
    if (queue == null) {
      return Answer.json(
          404,
          "{'type':'about:blank','title':'not found','status':404,'detail':'no "
              + methodAndPath
              + "'}");
    }
    synchronized (queue) {
      return queue.size() > 1 ? queue.poll() : queue.peek();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
