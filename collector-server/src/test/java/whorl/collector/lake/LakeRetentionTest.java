package whorl.collector.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.retention.RetentionLimits;
import whorl.collector.testkit.TestCollector;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** Rows in the lake live as long as their evidence: retention, holds and purges reach them. */
@Timeout(300)
class LakeRetentionTest {
  @TempDir Path root;

  @Test
  void retentionPurges_rowsGoFromTableFilesAndSnapshots_heldOnesStay() throws Exception {
    TestCollector.World world = new TestCollector.World();
    Instant now = world.now.get();
    AtomicReference<Lake> running = new AtomicReference<>();
    world.limits = new RetentionLimits(Map.of(), Duration.ofDays(30), Map.of(), null);
    world.forgetting.add((evidence, reason) -> running.get().purged(evidence));
    try (LakeRig lake = new LakeRig(root, world)) {
      world.now.set(now.minus(Duration.ofDays(40)));
      Id old = lake.evidence("shop", 30);
      Id held = lake.evidence("shop", 30);
      world.now.set(now);
      Id fresh = lake.evidence("pay", 30);
      assertThat(
              lake.rig
                  .collector
                  .kept
                  .responder
                  .call(
                      "PUT",
                      "/api/v1/evidence/" + held + "/hold",
                      Map.of(),
                      Json.bytes(Map.of("reason", "court")))
                  .status())
          .isBetween(200, 204);
      LakeRig.Collector other = lake.collector("other");
      for (Id each : Set.of(old, held, fresh)) {
        other.ledger().want(each);
        // a snapshot each, which all have old rows in them
        other.work().batch(other.table());
      }
      assertThat(lake.rows()).containsOnlyKeys(old.value(), held.value(), fresh.value());
      try (Lake started =
          new Lake(
              new Lake.Dependencies(
                  lake.database,
                  lake.objects,
                  lake.rig.collector.store,
                  lake.rig.timeline,
                  root.resolve("thread"),
                  Instant::now),
              lake.settings.with(Duration.ZERO, Duration.ofHours(1)))) {
        running.set(started);
        started.start();
        lake.rig.collector.kept.retention.start();
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> lake.rows().keySet().equals(Set.of(held.value(), fresh.value())));
      }
      assertThat(lake.rig.collector.store.contains(old)).isFalse();
      assertThat(lake.rig.collector.store.contains(held)).isTrue();
      assertThat(lake.stored()).as("a query may be reading them").anyMatch(has(old));

      other.work().clean(other.table(), Duration.ZERO);

      assertThat(lake.stored()).hasSize(4).noneMatch(has(old));
      for (Path file : lake.stored()) {
        assertThat(rowsOf(old, file)).isZero();
      }
      Table table = lake.table();
      for (Snapshot snapshot : table.snapshots()) {
        try (CloseableIterable<FileScanTask> tasks =
            table.newScan().useSnapshot(snapshot.snapshotId()).planFiles()) {
          for (FileScanTask task : tasks) {
            assertThat(task.file().location()).doesNotContain(old.value());
          }
        }
      }
      assertThat(lake.rows()).containsOnlyKeys(held.value(), fresh.value());
    }
  }

  private static Predicate<Path> has(Id evidence) {
    return file -> file.toString().contains(evidence.value());
  }

  private static long rowsOf(Id evidence, Path file) throws Exception {
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement sql = duck.createStatement();
        ResultSet row =
            sql.executeQuery(
                "SELECT count(*) FROM read_parquet("
                    + LakeFiles.text(file)
                    + ") WHERE evidence = '"
                    + evidence
                    + "'")) {
      row.next();
      return row.getLong(1);
    }
  }
}
