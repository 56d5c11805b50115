package whorl.collector.receive.shared;

import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.s3.S3ProxyServer;

/** On S3Proxy, where a part that is written again replaces the earlier one. */
class LateWritesToS3Test extends LateWritesContract {
  @TempDir static Path shared;
  private static S3ProxyServer server;
  private ObjectStore opened;

  @BeforeAll
  static void startServer() throws Exception {
    server = S3ProxyServer.startOrSkip(shared);
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  @Override
  int partBytes() {
    return 5 << 20;
  }

  @Override
  ObjectStore objects(Path folder) throws Exception {
    opened = server.open("late-" + UUID.randomUUID(), "");
    return opened;
  }

  @AfterEach
  void closeObjects() {
    if (opened != null) {
      opened.close();
    }
  }
}
