package whorl.collector.store.objects.s3;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import whorl.collector.config.S3Location;
import whorl.collector.store.objects.ObjectStore;

/** S3Proxy over a folder, in a process of its own; the module {@code s3proxy} has its libraries. */
public final class S3ProxyServer implements AutoCloseable {
  private static final Path LIBRARIES = Path.of("s3proxy/target/libraries");

  private final S3Server server;

  private S3ProxyServer(S3Server server) {
    this.server = server;
  }

  /** Starts it; skips the test where its module is not built. */
  public static S3ProxyServer startOrSkip(Path folder) throws IOException {
    assumeTrue(
        Files.isDirectory(LIBRARIES),
        "the module s3proxy is not built: not tested with S3Proxy; run mvn verify");
    return start(
        folder, S3Server.freePort(), List.of(), List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"));
  }

  /**
   * Starts it.
   *
   * @param under the command that runs it, such as {@code taskset}; may be empty
   * @param options of its JVM
   */
  public static S3ProxyServer start(Path folder, int port, List<String> under, List<String> options)
      throws IOException {
    S3Buckets.useTestCredentials();
    Path data = Files.createDirectory(folder.resolve("data"));
    Path settings =
        Files.write(
            folder.resolve("s3proxy.conf"),
            List.of(
                "s3proxy.endpoint=http://127.0.0.1:" + port,
                "s3proxy.authorization=aws-v2-or-v4",
                "s3proxy.identity=" + S3Buckets.ACCESS_KEY,
                "s3proxy.credential=" + S3Buckets.SECRET_KEY,
                "s3proxy.ignore-unknown-headers=true",
                "jclouds.provider=filesystem-nio2",
                "jclouds.filesystem.basedir=" + data));
    // Without it, the server writes down all that its HTTP server does.
    Path logging =
        Files.writeString(
            folder.resolve("logback.xml"),
            "<configuration><appender name='out' class='ch.qos.logback.core.ConsoleAppender'>"
                + "<encoder><pattern>%d %level %msg%n</pattern></encoder></appender>"
                + "<root level='warn'><appender-ref ref='out'/></root></configuration>");
    List<String> command = new ArrayList<>(under);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(
        List.of(
            "-Dlogback.configurationFile=" + logging,
            "-cp",
            LIBRARIES.toAbsolutePath() + "/*",
            "org.gaul.s3proxy.Main",
            "--properties",
            settings.toString()));
    return new S3ProxyServer(S3Server.start(command, port, folder.resolve("s3proxy.log")));
  }

  public void create(String bucket) throws IOException {
    S3Buckets.create(server.endpoint(), bucket, false);
  }

  public String endpoint() {
    return server.endpoint();
  }

  /** Opens a new bucket. */
  public ObjectStore open(String bucket, String prefix) throws IOException {
    create(bucket);
    return S3Objects.open(
        S3Location.parse("s3://" + bucket + "/" + prefix + "?endpoint=" + server.endpoint()));
  }

  @Override
  public void close() {
    server.close();
  }
}
