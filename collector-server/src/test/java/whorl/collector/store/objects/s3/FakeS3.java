package whorl.collector.store.objects.s3;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * As much of S3 as simple requests need, in memory, which misbehaves as it is told: the faults of a
 * queue are used up by the requests in order, the last one for good if it is {@code permanent}.
 */
final class FakeS3 implements AutoCloseable {
  /** What happens to one request. */
  enum Fault {
    NONE,
    ERROR_500,
    ERROR_503,
    EXPIRED,
    /** The request is carried out, but its answer is an error. */
    DONE_BUT_500,
    /** The request is carried out, but the connection ends before the answer. */
    DONE_BUT_RESET,
    /** The answer's body ends in its middle, and the connection with it. */
    CUT_BODY,
    /** The answer does not come. */
    SILENT,
    /** The answer's body stalls in its middle. */
    STALLED_BODY,
    /** The answer is complete, and its bytes are others. */
    WRONG_BODY
  }

  final Map<String, byte[]> objects = new ConcurrentHashMap<>();
  final AtomicInteger requests = new AtomicInteger();

  /** The headers of the last PUT. */
  volatile Map<String, String> put = Map.of();

  private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
  private volatile Fault permanent = Fault.NONE;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  FakeS3() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  void next(Fault... each) {
    faults.addAll(Arrays.asList(each));
  }

  void always(Fault fault) {
    permanent = fault;
  }

  private void handle(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    Fault next = faults.poll();
    Fault fault = next == null ? permanent : next;
    byte[] body = content(exchange);
    switch (fault) {
      case ERROR_500 -> answer(exchange, 500, error("InternalError"), Fault.NONE);
      case ERROR_503 -> answer(exchange, 503, error("SlowDown"), Fault.NONE);
      case EXPIRED -> answer(exchange, 400, error("ExpiredToken"), Fault.NONE);
      case SILENT -> sleep();
      default -> carryOut(exchange, body, fault);
    }
    exchange.close();
  }

  private void carryOut(HttpExchange exchange, byte[] body, Fault fault) throws IOException {
    String key = exchange.getRequestURI().getPath();
    int status = 200;
    byte[] answer = new byte[0];
    switch (exchange.getRequestMethod()) {
      case "PUT" -> {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
        put = headers;
        boolean onlyIfAbsent = exchange.getRequestHeaders().containsKey("If-None-Match");
        if (onlyIfAbsent && objects.putIfAbsent(key, body) != null) {
          status = 412;
          answer = error("PreconditionFailed");
        } else {
          objects.put(key, body);
        }
      }
      case "DELETE" -> {
        objects.remove(key);
        status = 204;
      }
      default -> {
        byte[] object = objects.get(key);
        if (object == null) {
          status = 404;
          answer = error("NoSuchKey");
        } else {
          answer = range(exchange, object);
          status = exchange.getRequestHeaders().containsKey("Range") ? 206 : 200;
          if (answer.length == 0 && status == 206) {
            status = 416;
            answer = error("InvalidRange");
          }
        }
      }
    }
    if (fault == Fault.DONE_BUT_500) {
      answer(exchange, 500, error("InternalError"), Fault.NONE);
    } else if (fault != Fault.DONE_BUT_RESET) {
      answer(exchange, status, answer, fault);
    }
  }

  private static byte[] range(HttpExchange exchange, byte[] object) {
    String range = exchange.getRequestHeaders().getFirst("Range");
    exchange.getResponseHeaders().set("Last-Modified", "Sun, 29 Nov 2026 12:00:00 GMT");
    if (range == null) {
      return object;
    }
    String[] ends = range.substring("bytes=".length()).split("-");
    int from = (int) Math.min(object.length, Long.parseLong(ends[0]));
    int to = (int) Math.min(object.length, Long.parseLong(ends[1]) + 1);
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + object.length);
    return Arrays.copyOfRange(object, from, to);
  }

  private static void answer(HttpExchange exchange, int status, byte[] body, Fault fault)
      throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length == 0) {
      return;
    }
    byte[] sent = body.clone();
    if (fault == Fault.WRONG_BODY) {
      sent[sent.length / 2] ^= 1;
    }
    OutputStream out = exchange.getResponseBody();
    boolean whole = fault != Fault.CUT_BODY && fault != Fault.STALLED_BODY;
    out.write(sent, 0, whole ? sent.length : sent.length / 2);
    out.flush();
    if (fault == Fault.STALLED_BODY) {
      sleep();
    }
  }

  private static void sleep() {
    try {
      TimeUnit.SECONDS.sleep(30);
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private static byte[] error(String code) {
    return ("<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>x</Message></Error>")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** The body, without the signatures of its chunks. */
  private static byte[] content(HttpExchange exchange) throws IOException {
    InputStream in = exchange.getRequestBody();
    String hash = exchange.getRequestHeaders().getFirst("x-amz-content-sha256");
    if (hash == null || !hash.startsWith("STREAMING-")) {
      return in.readAllBytes();
    }
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    while (true) {
      int size = Integer.parseInt(line(in).split(";")[0], 16);
      if (size == 0) {
        in.readAllBytes();
        return content.toByteArray();
      }
      content.write(in.readNBytes(size));
      line(in);
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      line.append((char) b);
    }
    return line.toString().strip();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
