package whorl.behaviour.starts;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Asks one server on several threads, from its first answer on; every answer must come. */
final class Requests {
  private static final int THREADS = 4;
  private static final long POLL_MILLIS = 5;
  private static final long PAUSE_MILLIS = 5;

  private final int port;
  private final List<String> paths;
  private final long limitNanos;
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicReference<@Nullable String> missing = new AtomicReference<>();

  /**
   * @param limit for the first answer, and for each answer after it
   */
  Requests(int port, List<String> paths, Duration limit) {
    this.port = port;
    this.paths = paths;
    this.limitNanos = limit.toNanos();
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Waits for the first answer and asks on for so long; what is missing, or null. */
  @Nullable String ask(Process server, long millis) throws InterruptedException {
    if (!awaitFirst(server)) {
      return "no first answer";
    }
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Thread thread = new Thread(() -> askUntil(end), "requests-" + i);
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return missing.get();
  }

  int answered() {
    return answered.get();
  }

  /** Sends one more request; its answer does not count. */
  void send(String path) throws IOException {
    status(path);
  }

  private boolean awaitFirst(Process server) throws InterruptedException {
    long start = System.nanoTime();
    while (server.isAlive() && System.nanoTime() - start < limitNanos) {
      try {
        if (status(paths.get(0)) == HttpURLConnection.HTTP_OK) {
          return true;
        }
      } catch (IOException notYet) {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      }
    }
    return false;
  }

  private void askUntil(long end) {
    for (int i = 0; missing.get() == null && System.nanoTime() - end < 0; i++) {
      String path = paths.get(i % paths.size());
      try {
        int status = status(path);
        if (status != HttpURLConnection.HTTP_OK) {
          missing.compareAndSet(null, path + " was answered with " + status);
        }
        answered.incrementAndGet();
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      } catch (IOException e) {
        missing.compareAndSet(null, path + " was not answered: " + e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private int status(String path) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
    int millis = (int) TimeUnit.NANOSECONDS.toMillis(limitNanos);
    connection.setConnectTimeout(millis);
    connection.setReadTimeout(millis);
    int status = connection.getResponseCode();
    try (InputStream in =
        status < HttpURLConnection.HTTP_BAD_REQUEST
            ? connection.getInputStream()
            : connection.getErrorStream()) {
      if (in != null) {
        in.readAllBytes();
      }
    }
    return status;
  }
}
