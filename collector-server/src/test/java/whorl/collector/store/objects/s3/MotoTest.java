package whorl.collector.store.objects.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On moto's server, which honours conditions, versions and Object Lock, in memory. */
class MotoTest {
  @TempDir static Path folder;
  private static MotoServer server;

  @BeforeAll
  static void startServer() throws IOException {
    server = MotoServer.startOrSkip(folder);
    server.create("plain-bucket", false);
    server.create("locked-bucket", true);
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
