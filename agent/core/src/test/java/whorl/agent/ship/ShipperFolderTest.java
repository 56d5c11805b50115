package whorl.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import whorl.evidence.Id;

/** Evidence goes to a folder while there is no collector. */
@Timeout(60)
final class ShipperFolderTest extends ShipperFixture {
  @Test
  void ship_noCollector_movesToTheEvidenceFolder() throws Exception {
    Id evidence = large(100_000);
    start(null, folder.resolve("kept"));

    Path kept = folder.resolve("kept").resolve(evidence.value());
    await().until(() -> Files.isDirectory(kept) && spool.waiting() == 0);
    assertThat(Files.readAllBytes(kept.resolve("recording.jfr")))
        .isEqualTo(Samples.bytes(7, 100_000));
    assertThat(kept.resolve("manifest.dsse.json")).exists();
    assertThat(spool.usedBytes()).isZero();
    assertThat(status().evidenceKept()).isEqualTo(1);
    assertThat(shipper().raise(raised()).toCompletableFuture()).isCompleted();
  }

  @Test
  void ship_noCollectorAndNoFolder_staysInTheSpool() throws Exception {
    start(null);
    large(10);
    shipper().close(Duration.ofSeconds(1));

    assertThat(spool.waiting()).isEqualTo(1);
  }

  @Test
  void ship_collectorAwayForLong_isCopiedAndStillShippedLater() throws Exception {
    int port = collector.port();
    collector.close();
    Id evidence = large(1_000);
    start(URI.create("http://127.0.0.1:" + port), folder.resolve("kept"));
    await().until(() -> status().evidenceKept() == 1);
    assertThat(spool.waiting()).isEqualTo(1);

    collector = FakeCollector.start(port, new FakeCollector.Disk());
    awaitSealed(evidence);
  }
}
