import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Has one collector hold many channels, and prints what they cost it. */
public final class Channels {
  private static final int WARM_UP = 500;
  private static final int DISPATCHES = 5;
  private static final int LIMIT_SECONDS = 240;

  /** The heap is all there from the start: what the process grows by lies outside of it. */
  private static final String[] FIXED_HEAP = {"-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"};

  private final Path work;
  private final Collector collector;
  private final int channels;
  private final int asked;
  private final int idleSeconds;
  private final Figures figures = new Figures();

  private Channels(Path work, Collector collector, int channels, int asked, int idleSeconds) {
    this.work = work;
    this.collector = collector;
    this.channels = channels;
    this.asked = asked;
    this.idleSeconds = idleSeconds;
  }

  /** Arguments: work folder, jar, JDK, rounds, channels, asked at once, idle seconds, ways. */
  public static void main(String[] arguments) throws Exception {
    Path work = Path.of(arguments[0]);
    Channels measured =
        new Channels(
            work,
            new Collector(Path.of(arguments[2]), Path.of(arguments[1]), work.resolve("tls-files")),
            Integer.parseInt(arguments[4]),
            Integer.parseInt(arguments[5]),
            Integer.parseInt(arguments[6]));
    List<Way> ways =
        Stream.of(arguments[7].split(",")).map(String::toUpperCase).map(Way::valueOf).toList();
    int rounds = Integer.parseInt(arguments[3]);
    for (int round = 1; round <= rounds; round++) {
      for (Way way : ways) {
        measured.run(way, round);
        System.err.printf("round %d of %d: %s%n", round, rounds, way.label());
      }
    }
    measured.figures.print(ways.stream().map(Way::label).toList());
  }

  private void run(Way way, int round) throws Exception {
    Path folder = Files.createDirectories(work.resolve(way.name() + round));
    int port = Collector.freePort();
    HttpClient client = HttpClient.newBuilder().sslContext(collector.trusting()).build();
    URI url = URI.create((way == Way.TLS ? "https" : "http") + "://localhost:" + port);
    try (ServerProcess server =
        ServerProcess.start(
            folder.resolve("log"), collector.command(folder, port, way == Way.TLS, FIXED_HEAP))) {
      server.await(() -> answers(client, url));
      // Classes are loaded and pools filled before anything is counted.
      try (Agents few = new Agents(port, netty(way), Collector.AGENT)) {
        few.connect(WARM_UP, WARM_UP, LIMIT_SECONDS);
      }
      server.await(() -> open(client, url) == 0);
      double heap = heapBytes(server);
      double resident = server.residentBytes();
      try (Agents agents = new Agents(port, netty(way), Collector.AGENT)) {
        long began = System.nanoTime();
        double cpu = server.cpuSeconds();
        agents.connect(channels, asked, LIMIT_SECONDS);
        figures.add("connect, s", way.label(), (System.nanoTime() - began) / 1e9);
        figures.add("connect, CPU s", way.label(), server.cpuSeconds() - cpu);
        idle(way, server);
        check(agents);
        double onHeap = (heapBytes(server) - heap) / 1024 / channels;
        double outside = (server.residentBytes() - resident) / 1024 / channels;
        figures.add("heap, KiB a channel", way.label(), onHeap);
        figures.add("beside it, KiB a channel", way.label(), outside);
        figures.add("both, KiB a channel", way.label(), onHeap + outside);
        for (int group = 0; group < DISPATCHES; group++) {
          dispatch(way, agents, client, url, group);
        }
        check(agents);
      }
    }
  }

  private static void check(Agents agents) throws IOException {
    if (agents.hasLost()) {
      throw new IOException(agents.ends());
    }
  }

  /** Two heartbeats go by before the processor's time is taken. */
  private void idle(Way way, ServerProcess server) throws IOException, InterruptedException {
    TimeUnit.SECONDS.sleep(Math.min(20, idleSeconds));
    double before = server.cpuSeconds();
    TimeUnit.SECONDS.sleep(idleSeconds);
    double milliseconds = (server.cpuSeconds() - before) * 1000;
    figures.add("idle, CPU ms a second", way.label(), milliseconds / idleSeconds);
  }

  private void dispatch(Way way, Agents agents, HttpClient client, URI url, int group)
      throws Exception {
    agents.expect(asked);
    String body =
        "{\"target\":{\"labels\":{\"group\":\"group-" + group + "\"}},\"reason\":\"measured\"}";
    HttpRequest request =
        HttpRequest.newBuilder(url.resolve("/api/v1/captures"))
            .header("Authorization", "Bearer " + Collector.RESPONDER)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    long began = System.nanoTime();
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    agents.awaitAsked(LIMIT_SECONDS);
    long last = System.nanoTime();
    int status = answer.get().statusCode();
    if (status != 202) {
      throw new IOException("answered " + status + ": " + answer.get().body());
    }
    figures.add("dispatch to the last, ms", way.label(), (last - began) / 1e6);
    // The agents' answers are stored one by one; the next dispatch shall not meet them.
    TimeUnit.SECONDS.sleep(5);
  }

  private double heapBytes(ServerProcess server) throws IOException, InterruptedException {
    return Heap.bytes(collector.home(), server.pid());
  }

  private static boolean answers(HttpClient client, URI url) {
    try {
      return get(client, url.resolve("/readyz")).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  private static double open(HttpClient client, URI url) throws IOException {
    for (String line : get(client, url.resolve("/metrics")).body().split("\n")) {
      if (line.startsWith("whorl_channels_open ")) {
        return Double.parseDouble(line.substring(line.indexOf(' ')));
      }
    }
    throw new IOException("no whorl_channels_open");
  }

  private static HttpResponse<String> get(HttpClient client, URI uri) throws IOException {
    try {
      return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private SslContext netty(Way way) throws IOException {
    return way == Way.PLAIN
        ? null
        : SslContextBuilder.forClient()
            .trustManager(collector.authority().toFile())
            .endpointIdentificationAlgorithm(null)
            .build();
  }
}
