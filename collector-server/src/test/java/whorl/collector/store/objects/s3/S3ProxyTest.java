package whorl.collector.store.objects.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.config.S3Location;

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

  @Test
  void largeObject_isCopiedInParts() throws Exception {
    S3Limits limits = S3Limits.DEFAULT;
    S3Limits small =
        new S3Limits(
            limits.connections(),
            limits.connect(),
            limits.askAttempt(),
            limits.askCall(),
            limits.moveAttempt(),
            limits.moveCall(),
            limits.pieceBytes(),
            S3Parts.MIN_PART_BYTES);
    byte[] content = new byte[6 * (int) S3Parts.MIN_PART_BYTES + 7];
    new Random(3).nextBytes(content);
    S3Location location = S3Location.parse("s3://whorl-bucket/copied?endpoint=" + endpoint());
    try (S3Objects store = S3Objects.open(location, small)) {
      store.put("from", content);

      store.copy("from", "to", content.length);

      assertThat(store.requests()).containsEntry("UploadPartCopy", 7L + 2); // 2 of the probe
      try (InputStream in = store.read("to", 0)) {
        assertThat(in.readAllBytes()).isEqualTo(content);
      }
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
