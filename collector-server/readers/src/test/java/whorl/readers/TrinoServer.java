package whorl.readers;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/** A Trino server with one node and the Iceberg connector, in a process of its own. */
final class TrinoServer implements AutoCloseable {
  private static final long START_SECONDS = 300;

  private final Process process;
  private final int port;

  private TrinoServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts it; skips the test where it is not unpacked.
   *
   * @param folder for its files
   * @param catalog the lines of {@code etc/catalog/whorl.properties}
   */
  static TrinoServer startOrSkip(Path folder, List<String> catalog) throws IOException {
    String unpacked = System.getProperty("whorl.trino", "");
    assumeThat(unpacked).as("Trino is not here; run collector-server/readers/compare").isNotEmpty();
    Path home = Path.of(unpacked);
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Path catalogs = Files.createDirectories(folder.resolve("etc/catalog"));
    Files.write(catalogs.resolve("whorl.properties"), catalog);
    Path config =
        Files.write(
            folder.resolve("etc/config.properties"),
            List.of(
                "coordinator=true",
                "node-scheduler.include-coordinator=true",
                "node.internal-address=127.0.0.1",
                "http-server.http.port=" + port,
                "discovery.uri=http://127.0.0.1:" + port,
                "query.max-memory=256MB",
                "query.max-memory-per-node=256MB",
                "memory.heap-headroom-per-node=128MB",
                "catalog.config-dir=" + catalogs,
                "plugin.dir=" + home.resolve("plugin")));
    Path log = folder.resolve("trino.log");
    Process process =
        new ProcessBuilder(
                java(),
                "-Xmx1g",
                "-XX:+UseG1GC",
                "-XX:TieredStopAtLevel=1",
                "-Djdk.attach.allowAttachSelf=true",
                "-XX:+EnableDynamicAgentLoading",
                "--add-modules=jdk.incubator.vector",
                "-Dnode.environment=whorl",
                "-Dnode.id=one",
                "-Dnode.data-dir=" + Files.createDirectories(folder.resolve("node")),
                "-Dconfig=" + config,
                "-cp",
                home.resolve("lib") + "/*",
                "io.trino.server.TrinoServer")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    TrinoServer server = new TrinoServer(process, port);
    try {
      server.awaitStart(log);
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private void awaitStart(Path log) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!Files.readString(log).contains("SERVER STARTED")) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IOException("Trino does not start: " + Files.readString(log));
      }
      try {
        TimeUnit.MILLISECONDS.sleep(500);
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      }
    }
  }

  /** The newest JDK of the machine; Trino needs 24 or newer. */
  private static String java() throws IOException {
    String home = System.getProperty("whorl.jdk.25", "");
    if (home.isEmpty()) {
      try (DirectoryStream<Path> jdks =
          Files.newDirectoryStream(Path.of("/usr/lib/jvm"), "*{24,25,26}*")) {
        for (Path jdk : jdks) {
          home = jdk.toString();
        }
      }
    }
    Path java = Path.of(home, "bin", "java");
    assumeThat(java).as("Trino needs Java 24 or newer; name one with -Dwhorl.jdk.25").exists();
    return java.toString();
  }

  Connection connect() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", "whorl");
    properties.setProperty("timezone", "UTC");
    return DriverManager.getConnection("jdbc:trino://127.0.0.1:" + port + "/whorl", properties);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
