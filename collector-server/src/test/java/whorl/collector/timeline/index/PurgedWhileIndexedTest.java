package whorl.collector.timeline.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.store.disk.Disk;
import whorl.collector.testkit.Records;
import whorl.collector.testkit.TestCollector;
import whorl.collector.timeline.IndexStatus;
import whorl.evidence.Id;

@Timeout(60)
class PurgedWhileIndexedTest {
  @TempDir Path root;

  @Test
  void evidenceThatIsPurgedBeforeOrWhileItIsIndexed_leavesNothing() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch purged = new CountDownLatch(1);
    try (TestCollector collector = TestCollector.open(root);
        ConfinedJvm confined =
            new ConfinedJvm(collector.folder.confined("index"), 2, Duration.ofSeconds(1))) {
      Id underWay = Records.put(collector, Records.of(Instant.now(), "a.txt", 1));
      Id waits = Records.put(collector, Records.of(Instant.now(), "a.txt", 1));
      try (IndexQueue index =
          new IndexQueue(
              new IndexQueue.Dependencies(
                  collector.store,
                  collector.folder,
                  Disk.LOCAL,
                  evidence -> {
                    begun.countDown();
                    uninterrupted(purged);
                    return List.of();
                  },
                  (evidence, atMost) -> Preparation.Outcome.DONE,
                  confined,
                  () -> Long.MAX_VALUE,
                  0))) {
        index.wanted(waits);
        assertThat(index.status(waits).state()).isEqualTo(IndexStatus.State.WAITING);
        index.wanted(underWay);
        index.start();
        begun.await();
        for (Id each : List.of(underWay, waits)) {
          assertThat(
                  collector
                      .kept
                      .admin
                      .call(
                          "DELETE", "/api/v1/evidence/" + each + "?reason=r", Map.of(), new byte[0])
                      .status())
              .isEqualTo(204);
          index.forget(each);
        }
        purged.countDown();

        await().untilAsserted(() -> assertThat(index.waiting()).isZero());
        for (Id each : List.of(underWay, waits)) {
          assertThat(index.status(each)).isEqualTo(IndexStatus.NONE);
          assertThat(Files.exists(collector.folder.evidence(each))).isFalse();
        }
      }
    }
  }

  private static void uninterrupted(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
