package application;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** A request to the JDK's HTTP server, over one connection on loopback; a task handed on. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RequestBenchmark {
  private static final byte[] ANSWER = "well".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] REQUEST =
      "GET /products?sort=price HTTP/1.1\r\nHost: localhost\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private HttpServer server;
  private ExecutorService threads;
  private ExecutorService tasks;
  private Socket connection;
  private final byte[] received = new byte[4096];

  @Setup
  public void start() throws IOException {
    threads = Executors.newSingleThreadExecutor(RequestBenchmark::serverThread);
    tasks = Executors.newSingleThreadExecutor(RequestBenchmark::serverThread);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, ANSWER.length);
          try (OutputStream body = exchange.getResponseBody()) {
            body.write(ANSWER);
          }
        });
    server.start();
    connection = new Socket(server.getAddress().getAddress(), server.getAddress().getPort());
    connection.setTcpNoDelay(true);
    // The first request arms what follows tasks.
    request(null);
  }

  @TearDown
  public void stop() throws IOException {
    connection.close();
    server.stop(0);
    threads.shutdown();
    tasks.shutdown();
  }

  @Benchmark
  public int request(Caller caller) throws IOException {
    connection.getOutputStream().write(REQUEST);
    InputStream in = connection.getInputStream();
    int length = 0;
    while (!isWhole(length)) {
      int read = in.read(received, length, received.length - length);
      if (read < 0) {
        throw new IOException("the server closed the connection");
      }
      length += read;
    }
    return length;
  }

  @Benchmark
  public Object handTaskOn(Caller caller) throws Exception {
    return tasks.submit(() -> received).get();
  }

  private boolean isWhole(int length) {
    return length > ANSWER.length
        && received[length - 1] == ANSWER[ANSWER.length - 1]
        && received[length - ANSWER.length - 1] == '\n';
  }

  private static Thread serverThread(Runnable work) {
    return new Thread(
        () -> {
          try {
            Caller.ignoreWhereFiltered();
          } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
          }
          work.run();
        });
  }
}
