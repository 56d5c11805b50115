package whorl.dist.program;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * A server that opens a file for each answer. It is asked the same thousands of times, and once
 * more with a header that makes it start a shell.
 */
public final class SameRequests {
  /** Once the agent is ready, those of an intruder among them. */
  public static final int REQUESTS = 10_000;

  /** Started when the recording runs, and when the rules are armed. */
  private static final Set<String> LAST_THREADS = Set.of("whorl-jdk-events", "whorl-self-test");

  private static final long LIMIT_NANOS = 60_000_000_000L;
  private static final long LOOK_MILLIS = 50;

  private SameRequests() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    // Else each answer on a connection that is kept waits for the client's delayed acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    Path price = Files.writeString(folder.resolve("price.txt"), "100");
    ExecutorService threads = Executors.newFixedThreadPool(2);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/price", exchange -> answer(exchange, price));
    server.start();
    InetSocketAddress at = server.getAddress();
    ask(url(at, "/price?id=first"), false);
    awaitAgent();
    for (int i = 1; i < REQUESTS; i++) {
      ask(url(at, "/price?id=7"), false);
    }
    ask(url(at, "/price?id=7"), true);
    Signal.await(folder.resolve("done"));
    server.stop(0);
    threads.shutdown();
  }

  private static void awaitAgent() throws InterruptedException {
    long begun = System.nanoTime();
    while (!threads().containsAll(LAST_THREADS)) {
      if (System.nanoTime() - begun > LIMIT_NANOS) {
        throw new IllegalStateException("the agent has not started: " + threads());
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .collect(Collectors.toSet());
  }

  private static URL url(InetSocketAddress at, String path) throws IOException {
    return URI.create("http://127.0.0.1:" + at.getPort() + path).toURL();
  }

  private static void ask(URL url, boolean asIntruder) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) url.openConnection();
    connection.setRequestProperty("X-Wish", asIntruder ? "shell" : "price");
    try (InputStream in = connection.getInputStream()) {
      in.readAllBytes();
    }
  }

  private static void answer(HttpExchange exchange, Path price) throws IOException {
    if ("shell".equals(exchange.getRequestHeaders().getFirst("X-Wish"))) {
      new ProcessBuilder("/bin/sh", "-c", "true").start();
    }
    byte[] text = Files.readAllBytes(price);
    exchange.sendResponseHeaders(200, text.length);
    exchange.getResponseBody().write(text);
    exchange.close();
  }
}
