package whorl.collector.store.objects.s3;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import whorl.collector.config.S3Location;
import whorl.collector.store.objects.ObjectStore;

/** Moto's S3 server, which honours conditions, versions and Object Lock, in memory. */
public final class MotoServer implements AutoCloseable {
  private final S3Server server;

  private MotoServer(S3Server server) {
    this.server = server;
  }

  /** Starts it; skips the test where it is not installed. */
  public static MotoServer startOrSkip(Path folder) throws IOException {
    S3Buckets.useTestCredentials();
    String python =
        Stream.of("python3", "/usr/bin/python3")
            .filter(each -> S3Server.works(each, "-c", "import moto.server, flask, flask_cors"))
            .findFirst()
            .orElse("");
    assumeTrue(!python.isEmpty(), "python3-moto is not installed: not tested with its S3 server");
    int port = S3Server.freePort();
    return new MotoServer(
        S3Server.start(
            List.of(
                python,
                "-c",
                "import moto.server as s; s.main(['-H', '127.0.0.1', '-p', '" + port + "'])"),
            port,
            folder.resolve("moto.log")));
  }

  /** Creates a bucket. */
  public void create(String bucket, boolean lock) throws IOException {
    S3Buckets.create(server.endpoint(), bucket, lock);
  }

  public String endpoint() {
    return server.endpoint();
  }

  /** Opens a new bucket. */
  public ObjectStore open(String bucket, String prefix) throws IOException {
    S3Buckets.create(server.endpoint(), bucket, false);
    return S3Objects.open(
        S3Location.parse("s3://" + bucket + "/" + prefix + "?endpoint=" + server.endpoint()));
  }

  /** The server's port on 127.0.0.1. */
  public int port() {
    return server.port();
  }

  /** Opens a new bucket through a proxy that listens at this port. */
  public ObjectStore open(String bucket, String prefix, int proxyPort) throws IOException {
    S3Buckets.create(server.endpoint(), bucket, false);
    return S3Objects.open(
        S3Location.parse(
            "s3://" + bucket + "/" + prefix + "?endpoint=http://127.0.0.1:" + proxyPort));
  }

  @Override
  public void close() {
    server.close();
  }
}
