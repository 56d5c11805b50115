package whorl.collector.faults;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The sample shop with the agent, in a JVM of its own. */
final class ShopJvm implements AutoCloseable {
  static final String SERVICE = "shop";
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path SHOP = ROOT.resolve("samples/shop/target/shop.jar");
  private static final Path AGENT = ROOT.resolve("agent/dist/target/whorl-agent.jar");
  private static final Duration START = Duration.ofSeconds(400);

  private final int port;
  private final Path folder;
  private final ServerProcess process;
  private final Map<String, String> environment;

  /**
   * @param url of the balancer
   */
  ShopJvm(int number, Path root, String url, String token) throws IOException {
    this.port = ServerProcess.freePort();
    this.folder = Files.createDirectories(root.resolve("shop" + number));
    this.process = new ServerProcess("shop" + number, root.resolve("shop" + number + ".log"));
    this.environment =
        Map.of(
            "JDK_JAVA_OPTIONS",
            "-javaagent:" + AGENT + " -XX:+StartAttachListener -Djava.io.tmpdir=" + folder,
            "WHORL_COLLECTOR_URL",
            url,
            "WHORL_COLLECTOR_TOKEN",
            token,
            "WHORL_SERVICE_NAME",
            SERVICE,
            "WHORL_CAPTURE_AFTER",
            "1s",
            "WHORL_CAPTURE_COOLDOWN",
            "5s",
            "WHORL_CAPTURE_MAX_PER_HOUR",
            "1000",
            "WHORL_RECORDING_MAX_SIZE",
            "4MiB");
  }

  static boolean isBuilt() {
    return Files.isRegularFile(SHOP) && Files.isRegularFile(AGENT);
  }

  void start() throws IOException {
    process.start(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:TieredStopAtLevel=1",
            "-jar",
            SHOP.toString(),
            "--server.port=" + port,
            "--shop.invoices=" + ROOT.resolve("samples/shop/invoices")),
        environment,
        folder);
  }

  void await() throws IOException {
    process.await(() -> ServerProcess.accepts(port), START);
  }

  /** Reads a file that no request should read, so the agent raises an alert. */
  void attack() throws IOException {
    URI uri =
        URI.create(
            "http://127.0.0.1:" + port + "/invoices/view?file=../../../../../../proc/self/environ");
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setConnectTimeout(5_000);
    connection.setReadTimeout(20_000);
    connection.getResponseCode();
    connection.disconnect();
  }

  /** SIGKILL, and a new JVM with the same service. */
  void killAndStart() throws IOException {
    process.kill();
    start();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.stop();
  }
}
