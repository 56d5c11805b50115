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
 * Requests at times that are fixed beforehand, until it is closed. A latency begins when its
 * request was due, so that a server that stands still costs all those that could not be asked
 * meanwhile (Tene's coordinated omission).
 */
final class PacedLoad implements AutoCloseable {
  private static final int CONNECTIONS = 32;
  private static final long MICROS_MAX = TimeUnit.MINUTES.toMicros(1);

  private final List<Client> clients = new ArrayList<>();
  private volatile boolean ending;

  /** In milliseconds. */
  record Latencies(double p50, double p99, double p999, long requests) {}

  private PacedLoad() {}

  /** Asks for these paths in turn. */
  static PacedLoad begin(int port, List<String> paths, double perSecond) {
    PacedLoad load = new PacedLoad();
    long start = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
    long between = (long) (1e9 * CONNECTIONS / perSecond);
    for (int i = 0; i < CONNECTIONS; i++) {
      load.clients.add(load.new Client(port, paths, start + between * i / CONNECTIONS, between));
    }
    load.clients.forEach(Thread::start);
    return load;
  }

  static Latencies run(int port, List<String> paths, double perSecond, int seconds)
      throws IOException, InterruptedException {
    PacedLoad load = begin(port, paths, perSecond);
    try (load) {
      TimeUnit.SECONDS.sleep(seconds);
    }
    return load.between(Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /**
   * The latencies of the requests that were due in this time, by System.nanoTime; once it is
   * closed.
   */
  Latencies between(long fromNanos, long toNanos) {
    Histogram all = new Histogram(MICROS_MAX, 3);
    for (Client client : clients) {
      for (Sample sample : client.samples) {
        if (sample.dueNanos >= fromNanos && sample.dueNanos < toNanos) {
          all.recordValue(Math.min(MICROS_MAX, sample.micros));
        }
      }
    }
    return new Latencies(
        all.getValueAtPercentile(50) / 1e3,
        all.getValueAtPercentile(99) / 1e3,
        all.getValueAtPercentile(99.9) / 1e3,
        all.getTotalCount());
  }

  /** Waits for the last answers. */
  @Override
  public void close() throws IOException, InterruptedException {
    ending = true;
    for (Client client : clients) {
      client.join();
    }
    for (Client client : clients) {
      if (client.failure != null) {
        throw client.failure;
      }
    }
  }

  private record Sample(long dueNanos, long micros) {}

  /** One connection, kept open. */
  private final class Client extends Thread {
    private final int port;
    private final List<byte[]> requests;
    private final long first;
    private final long between;
    private final List<Sample> samples = new ArrayList<>();
    private IOException failure;

    Client(int port, List<String> paths, long first, long between) {
      this.port = port;
      this.requests =
          paths.stream()
              .map(path -> "GET " + path + " HTTP/1.1\r\nHost: shop\r\n\r\n")
              .map(request -> request.getBytes(StandardCharsets.US_ASCII))
              .toList();
      this.first = first;
      this.between = between;
    }

    @Override
    public void run() {
      try (Socket socket = new Socket("127.0.0.1", port)) {
        socket.setTcpNoDelay(true);
        InputStream in = new BufferedInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream();
        int next = 0;
        for (long due = first; !ending; due += between) {
          for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
          }
          out.write(requests.get(next++ % requests.size()));
          answer(in);
          samples.add(
              new Sample(due, TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - due)));
        }
      } catch (IOException e) {
        failure = e;
      }
    }

    /** Reads one answer: it has a length, or comes in chunks. */
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
