import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * HAProxy in front of the collectors, as a balancer of TCP connections; more than one process,
 * because each connection is two open files.
 */
final class Balancers implements AutoCloseable {
  private static final int CHANNELS_OF_ONE = 8_000;

  private final List<ServerProcess> servers = new ArrayList<>();
  private final List<Integer> ports = new ArrayList<>();

  /** Starts as many as these channels need. */
  void start(Path work, List<Integer> collectors, int channels)
      throws IOException, InterruptedException {
    int count = (channels + CHANNELS_OF_ONE - 1) / CHANNELS_OF_ONE;
    for (int i = 0; i < count; i++) {
      int port = Collector.freePort();
      Path file = work.resolve("haproxy-" + i + ".cfg");
      Files.writeString(file, configuration(port, collectors));
      ServerProcess server =
          ServerProcess.start(
              work.resolve("haproxy-" + i + ".log"),
              List.of("haproxy", "-db", "-f", file.toString()));
      servers.add(server);
      ports.add(port);
      server.await(() -> accepts(port));
    }
  }

  private static String configuration(int port, List<Integer> collectors) {
    StringBuilder text = new StringBuilder();
    text.append("global\n  maxconn " + (CHANNELS_OF_ONE + 1_000) + "\n  nbthread 1\n");
    text.append("defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 5m\n");
    text.append("  timeout server 5m\n  retries 3\n  option redispatch 1\n");
    text.append("listen agents\n  bind 127.0.0.1:" + port + "\n  balance leastconn\n");
    text.append("  option httpchk\n");
    text.append("  http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host localhost\n");
    text.append("  default-server inter 1s fall 2 on-marked-down shutdown-sessions\n");
    for (int collector : collectors) {
      text.append("  server c" + collector + " 127.0.0.1:" + collector + " check\n");
    }
    return text.toString();
  }

  List<Integer> ports() {
    return List.copyOf(ports);
  }

  double cpuSeconds() throws IOException {
    double seconds = 0;
    for (ServerProcess server : servers) {
      seconds += server.cpuSeconds();
    }
    return seconds;
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  @Override
  public void close() {
    servers.forEach(ServerProcess::close);
  }
}
