package whorl.collector.store.objects.s3;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** On S3Proxy over a folder; the module {@code s3proxy} has its libraries. */
class S3ProxyTest extends S3ObjectsContract {
  private static final Path LIBRARIES = Path.of("s3proxy/target/libraries");

  @TempDir static Path folder;
  private static S3Server server;

  @BeforeAll
  static void startServer() throws IOException {
    assumeTrue(
        Files.isDirectory(LIBRARIES),
        "the module s3proxy is not built: not tested with S3Proxy; run mvn verify");
    int port = S3Server.freePort();
    Path data = Files.createDirectory(folder.resolve("data"));
    Path settings =
        Files.write(
            folder.resolve("s3proxy.conf"),
            List.of(
                "s3proxy.endpoint=http://127.0.0.1:" + port,
                "s3proxy.authorization=aws-v2-or-v4",
                "s3proxy.identity=" + S3Buckets.ACCESS_KEY,
                "s3proxy.credential=" + S3Buckets.SECRET_KEY,
                "jclouds.provider=filesystem-nio2",
                "jclouds.filesystem.basedir=" + data));
    server =
        S3Server.start(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                LIBRARIES.toAbsolutePath() + "/*",
                "org.gaul.s3proxy.Main",
                "--properties",
                settings.toString()),
            port,
            folder.resolve("s3proxy.log"));
    S3Buckets.create(server.endpoint(), "whorl-bucket", false);
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  @Override
  String endpoint() {
    return server.endpoint();
  }

  /** It looks first and writes then, so the probe sees the truth in most runs only. */
  @Override
  protected boolean isAtomic() {
    return false;
  }

  @Override
  String bucket() {
    return "whorl-bucket";
  }
}
