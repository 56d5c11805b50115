package whorl.collector.store.objects.s3;

import java.io.IOException;
import java.nio.file.Path;
import whorl.collector.config.S3Location;
import whorl.collector.store.objects.ObjectStore;

/** Moto's S3 server for the tests of other packages. */
public final class MotoServer implements AutoCloseable {
  private final S3Server server;

  private MotoServer(S3Server server) {
    this.server = server;
  }

  /**
   * Starts it; the test is skipped where it is not installed.
   *
   * @param folder for its log
   */
  public static MotoServer startOrSkip(Path folder) throws IOException {
    return new MotoServer(MotoTest.startOrSkip(folder));
  }

  /** Opens a new bucket. */
  public ObjectStore open(String bucket, String prefix) throws IOException {
    S3Buckets.create(server.endpoint(), bucket, false);
    return S3Objects.open(
        S3Location.parse("s3://" + bucket + "/" + prefix + "?endpoint=" + server.endpoint()));
  }

  @Override
  public void close() {
    server.close();
  }
}
