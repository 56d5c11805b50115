package whorl.samples.demo;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Asks an application {@code GET /ping} again and again, one question at a time, and keeps the
 * longest time that an answer took.
 */
final class Pinger implements AutoCloseable {
  private static final int PERIOD_MILLIS = 10;
  private static final int CONNECT_MILLIS = 5_000;
  private static final int GIVE_UP_MILLIS = 60_000;

  private final int port;
  private final Thread thread;
  private volatile boolean closed;
  private volatile long askedNanos;
  private volatile long longestNanos;
  private volatile long answeredAskedNanos;
  private volatile long failures;

  Pinger(int port) {
    this.port = port;
    this.thread = new Thread(this::work, "pinger");
    thread.setDaemon(true);
    thread.start();
  }

  private void work() {
    while (!closed) {
      askedNanos = System.nanoTime();
      if ("pong".equals(ask(port, "/ping"))) {
        longestNanos = Math.max(longestNanos, System.nanoTime() - askedNanos);
        answeredAskedNanos = askedNanos;
      } else {
        longestNanos = Math.max(longestNanos, System.nanoTime() - askedNanos);
        failures++;
      }
      try {
        Thread.sleep(PERIOD_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** What the application says, or why it says nothing. */
  static String ask(int port, String path) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
      socket.setSoTimeout(GIVE_UP_MILLIS);
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      String answer = new String(in.readNBytes(4096), StandardCharsets.US_ASCII);
      int body = answer.indexOf("\r\n\r\n");
      return answer.startsWith("HTTP/1.1 200 ") && body > 0 ? answer.substring(body + 4) : answer;
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Forgets what was; an answer that is still awaited counts as before. */
  void begin() {
    longestNanos = 0;
    failures = 0;
  }

  /** The longest wait since {@link #begin}, that which lasts still among them. */
  Duration longest() {
    return Duration.ofNanos(Math.max(longestNanos, waiting().toNanos()));
  }

  /** How long the current request has waited for its answer. */
  Duration waiting() {
    long asked = askedNanos;
    return Duration.ofNanos(asked == answeredAskedNanos ? 0 : System.nanoTime() - asked);
  }

  /** Questions that got no answer. */
  long failures() {
    return failures;
  }

  /**
   * Waits for the answer to a question asked after this moment.
   *
   * @return false when there is none in time
   */
  boolean awaitAnswerAfter(long nanos, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    while (answeredAskedNanos == 0 || answeredAskedNanos - nanos <= 0) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      try {
        TimeUnit.MILLISECONDS.sleep(5);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
