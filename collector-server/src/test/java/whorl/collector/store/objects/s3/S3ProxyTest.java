package whorl.collector.store.objects.s3;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** On S3Proxy over a folder. */
class S3ProxyTest extends S3ObjectsContract {
  @TempDir static Path folder;
  private static S3ProxyServer server;

  @BeforeAll
  static void startServer() throws IOException {
    server = S3ProxyServer.startOrSkip(folder);
    server.create("whorl-bucket");
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
