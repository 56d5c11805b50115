import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Requests at times that are fixed beforehand. A latency begins when its request was due, so that a
 * server that stands still costs all those that could not be asked meanwhile (Tene's coordinated
 * omission).
 */
record PacedLoad(double p50, double p99, double p999, long requests) {
  private static final int CONNECTIONS = 32;
  private static final long MICROS_MAX = TimeUnit.MINUTES.toMicros(1);

  static PacedLoad run(int port, List<String> paths, double perSecond, int seconds)
      throws IOException, InterruptedException {
    long start = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
    long between = (long) (1e9 * CONNECTIONS / perSecond);
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      clients.add(
          new Client(port, paths, start + between * i / CONNECTIONS, between, seconds));
    }
    clients.forEach(Thread::start);
    Histogram all = new Histogram(MICROS_MAX, 3);
    for (Client client : clients) {
      client.join();
      if (client.failure != null) {
        throw client.failure;
      }
      all.add(client.latencies);
    }
    return new PacedLoad(
        all.getValueAtPercentile(50) / 1e3,
        all.getValueAtPercentile(99) / 1e3,
        all.getValueAtPercentile(99.9) / 1e3,
        all.getTotalCount());
  }

  /** One connection, kept open. */
  private static final class Client extends Thread {
    private final int port;
    private final List<byte[]> requests;
    private final long first;
    private final long between;
    private final long end;
    private final Histogram latencies = new Histogram(MICROS_MAX, 3);
    private IOException failure;

    Client(int port, List<String> paths, long first, long between, int seconds) {
      this.port = port;
      this.requests =
          paths.stream()
              .map(path -> "GET " + path + " HTTP/1.1\r\nHost: shop\r\n\r\n")
              .map(request -> request.getBytes(StandardCharsets.US_ASCII))
              .toList();
      this.first = first;
      this.between = between;
      this.end = first + TimeUnit.SECONDS.toNanos(seconds);
    }

    @Override
    public void run() {
      try (Socket socket = new Socket("127.0.0.1", port)) {
        socket.setTcpNoDelay(true);
        InputStream in = new BufferedInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream();
        int next = 0;
        for (long due = first; due < end; due += between) {
          for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
          }
          out.write(requests.get(next++ % requests.size()));
          answer(in);
          latencies.recordValue(
              Math.min(MICROS_MAX, TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - due)));
        }
      } catch (IOException e) {
        failure = e;
      }
    }

    /** Reads one answer: its length is told, or it comes in chunks. */
    private static void answer(InputStream in) throws IOException {
      String status = line(in);
      if (!status.startsWith("HTTP/1.1 200")) {
        throw new IOException("answered " + status);
      }
      int length = -1;
      for (String header = line(in); !header.isEmpty(); header = line(in)) {
        if (header.regionMatches(true, 0, "Content-Length:", 0, 15)) {
          length = Integer.parseInt(header.substring(15).strip());
        }
      }
      if (length >= 0) {
        in.skipNBytes(length);
        return;
      }
      int chunk;
      do {
        chunk = Integer.parseInt(line(in).strip(), 16);
        in.skipNBytes(chunk + 2L);
      } while (chunk > 0);
    }

    private static String line(InputStream in) throws IOException {
      StringBuilder line = new StringBuilder();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          throw new IOException("the server hung up");
        }
        if (c != '\r') {
          line.append((char) c);
        }
      }
      return line.toString();
    }
  }
}
