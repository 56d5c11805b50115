package whorl.behaviour.starts.program;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The JDK's HTTP server on the loopback port that its first argument names; each answer takes a
 * file, a class and now and then a connection. Ends with status 0 once {@code /end} is asked for.
 */
public final class Answers {
  private static final int THREADS = 4;

  private final Work work;
  private final AtomicInteger requests = new AtomicInteger();
  private final CountDownLatch end = new CountDownLatch(1);

  private Answers(Path folder) {
    this.work = new Work(folder);
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory("answers");
    Answers answers = new Answers(folder);
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]));
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    HttpServer server = HttpServer.create(address, 0);
    server.setExecutor(threads);
    server.createContext("/work", answers::work);
    server.createContext("/end", answers::end);
    server.start();
    answers.end.await();
    server.stop(1);
    threads.shutdown();
    Files.delete(folder);
    System.out.println("ended as it was asked to");
  }

  private void work(HttpExchange exchange) throws IOException {
    int number = requests.incrementAndGet();
    try {
      work.turn("request-" + number, number);
      answer(exchange, 200, "done");
    } catch (Exception | Error e) {
      e.printStackTrace();
      answer(exchange, 500, e.toString());
    }
  }

  private void end(HttpExchange exchange) throws IOException {
    answer(exchange, 200, "ends");
    end.countDown();
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
