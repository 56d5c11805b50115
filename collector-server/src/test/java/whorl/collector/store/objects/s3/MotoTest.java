package whorl.collector.store.objects.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On moto's server, which honours conditions, versions and Object Lock, in memory. */
class MotoTest {
  @TempDir static Path folder;
  private static S3Server server;

  @BeforeAll
  static void startServer() throws IOException {
    server = startOrSkip(folder);
    S3Buckets.create(server.endpoint(), "plain-bucket", false);
    S3Buckets.create(server.endpoint(), "locked-bucket", true);
  }

  static S3Server startOrSkip(Path folder) throws IOException {
    S3Buckets.useTestCredentials();
    assumeTrue(
        S3Server.works("python3", "-c", "import moto.server, flask, flask_cors"),
        "python3-moto is not installed: not tested with its S3 server");
    int port = S3Server.freePort();
    return S3Server.start(
        List.of(
            "python3",
            "-c",
            "import moto.server as s; s.main(['-H', '127.0.0.1', '-p', '" + port + "'])"),
        port,
        folder.resolve("moto.log"));
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  @Nested
  class PlainBucket extends S3ObjectsContract {
    @Override
    String endpoint() {
      return server.endpoint();
    }

    @Override
    String bucket() {
      return "plain-bucket";
    }

    @Test
    void probe_saysWhatIsMissing_andLeavesNothing() throws Exception {
      assertThat(s3().capabilities().conditionalPut()).isTrue();
      assertThat(s3().capabilities().lock()).isFalse();
      assertThat(s3().capabilities().lacking())
          .hasSize(2)
          .anyMatch(each -> each.contains("no Object Lock"))
          .anyMatch(each -> each.contains("keeps no versions"));
      assertThat(s3().list("", "", 10)).isEmpty();
    }
  }

  @Nested
  class LockedBucket extends S3ObjectsContract {
    @Override
    String endpoint() {
      return server.endpoint();
    }

    @Override
    String bucket() {
      return "locked-bucket";
    }

    @Test
    void probe_findsEverything_andLeavesNothing() throws Exception {
      assertThat(s3().capabilities().conditionalPut()).isTrue();
      assertThat(s3().capabilities().lock()).isTrue();
      assertThat(s3().capabilities().lacking()).isEmpty();
      assertThat(s3().list("", "", 10)).isEmpty();
    }
  }
}
