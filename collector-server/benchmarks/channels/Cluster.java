import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Several collectors with the same records and objects. */
final class Cluster implements AutoCloseable {
  /** The heap is all there from the start: what a process grows by lies outside of it. */
  private static final String[] FIXED_HEAP = {"-Xms384m", "-Xmx384m", "-XX:+AlwaysPreTouch"};

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Collector collector;
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<ServerProcess> servers = new ArrayList<>();
  private final List<Integer> ports = new ArrayList<>();

  Cluster(Collector collector) {
    this.collector = collector;
  }

  /** Starts them: the first makes the tables, the others come together. */
  void start(Path work, String records, int count) throws IOException, InterruptedException {
    Path key = work.resolve("log.key");
    List<String> makeKey = collector.java();
    makeKey.addAll(List.of("custody-key", key.toString()));
    Process making =
        new ProcessBuilder(makeKey).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    making.getInputStream().readAllBytes();
    if (making.waitFor() != 0) {
      throw new IOException("no key for the custody log");
    }
    for (int i = 0; i < count; i++) {
      int port = Collector.freePort();
      Path folder = Files.createDirectories(work.resolve("collector-" + i));
      List<String> command = collector.command(folder, port, false, FIXED_HEAP);
      command.addAll(
          List.of(
              "--records",
              records,
              "--objects",
              work.resolve("objects").toString(),
              "--custody-key",
              key.toString()));
      servers.add(ServerProcess.start(folder.resolve("log"), command));
      ports.add(port);
      if (i == 0) {
        servers.get(0).await(() -> isReady(port));
      }
    }
    for (int i = 1; i < count; i++) {
      int port = ports.get(i);
      servers.get(i).await(() -> isReady(port));
    }
  }

  List<Integer> ports() {
    return List.copyOf(ports);
  }

  /** Waits until none of them has a channel. */
  void awaitNoChannels() throws IOException, InterruptedException {
    for (int i = 0; i < ports.size(); i++) {
      int port = ports.get(i);
      servers.get(i).await(() -> metric(port, "whorl_channels_open") == 0);
    }
  }

  /** Kills the last one; returns when it is gone. */
  void killLast() throws InterruptedException {
    ServerProcess last = servers.get(servers.size() - 1);
    last.kill();
    while (last.isAlive()) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  /** Of the processor, by those that live. */
  double cpuSeconds() throws IOException {
    double seconds = 0;
    for (ServerProcess server : servers) {
      seconds += server.isAlive() ? server.cpuSeconds() : 0;
    }
    return seconds;
  }

  /** Bytes on the heaps after a collection, and of the processes. */
  double[] memory() throws IOException, InterruptedException {
    double[] bytes = new double[2];
    for (ServerProcess server : servers) {
      bytes[0] += Heap.bytes(collector.home(), server.pid());
      bytes[1] += server.residentBytes();
    }
    return bytes;
  }

  /** The sum of a counter over the collectors with these ports. */
  double sum(List<Integer> of, String metric) throws IOException {
    double sum = 0;
    for (int port : of) {
      sum += metric(port, metric);
    }
    return sum;
  }

  private double metric(int port, String name) throws IOException {
    for (String line : get(port, "/metrics").body().split("\n")) {
      if (line.startsWith(name + " ")) {
        return Double.parseDouble(line.substring(line.indexOf(' ')));
      }
    }
    throw new IOException("no " + name);
  }

  /** Requests captures of a group of agents. */
  CompletableFuture<HttpResponse<String>> capture(int port, int group) {
    String body =
        "{\"target\":{\"labels\":{\"group\":\"group-" + group + "\"}},\"reason\":\"measured\"}";
    return client.sendAsync(
        request(port, "/api/v1/captures")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> get(int port, String path) throws IOException {
    try {
      return client.send(request(port, path).build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static HttpRequest.Builder request(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(PATIENCE)
        .header("Authorization", "Bearer " + Collector.RESPONDER);
  }

  private boolean isReady(int port) {
    try {
      return get(port, "/readyz").statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  @Override
  public void close() {
    servers.forEach(ServerProcess::kill);
    servers.forEach(ServerProcess::close);
  }
}
