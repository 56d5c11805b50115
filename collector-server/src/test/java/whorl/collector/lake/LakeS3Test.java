package whorl.collector.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.s3.MotoServer;
import whorl.collector.testkit.TcpProxy;
import whorl.evidence.Id;

/** The lake in a bucket. */
@Timeout(300)
class LakeS3Test {
  @TempDir Path root;

  @Test
  void appendReplacePurge_leaveWhatTheTableHas() throws Exception {
    try (MotoServer server = MotoServer.startOrSkip(root);
        ObjectStore bucket = server.open("lake-bucket", "some/prefix");
        LakeRig lake = new LakeRig(root, bucket, "s3://lake-bucket/some/prefix")) {
      LakeRig.Collector one = lake.collector("one");
      Id evidence = lake.evidence("shop", 100);
      Id other = lake.evidence("pay", 100);
      one.ledger().want(evidence);
      one.ledger().want(other);
      one.work().batch(one.table());
      one.ledger().want(evidence);
      one.work().batch(one.table());
      long rows = lake.rig.index.status(evidence).rows();
      assertThat(lake.rows()).hasSize(2).containsEntry(evidence.value(), rows);
      assertThat(lake.table().location()).isEqualTo("s3://lake-bucket/some/prefix/lake/timeline");

      lake.rig.collector.store.remove(other);
      one.ledger().unwant(other);
      one.work().batch(one.table());
      one.work().clean(one.table(), Duration.ZERO);

      assertThat(lake.rows()).isEqualTo(Map.of(evidence.value(), rows));
      List<ObjectStore.ObjectFacts> data = bucket.list("lake/timeline/data/", "", 1000);
      assertThat(data).hasSize(2).allMatch(each -> each.key().contains(evidence.value()));
    }
  }

  @Tag("long")
  @Test
  void bucketAway_isNamed_andNothingIsLost() throws Exception {
    try (MotoServer server = MotoServer.startOrSkip(root);
        TcpProxy network = new TcpProxy(server.port());
        ObjectStore bucket = server.open("away-bucket", "some/prefix", network.port());
        LakeRig lake = new LakeRig(root, bucket, "s3://away-bucket/some/prefix")) {
      LakeRig.Collector one = lake.collector("one");
      Id kept = lake.evidence("shop", 20);
      Id purged = lake.evidence("shop", 20);
      one.ledger().want(kept);
      one.ledger().want(purged);
      one.work().batch(one.table());
      assertThat(lake.rows()).hasSize(2);

      network.cut();
      Id more = lake.evidence("pay", 20);
      one.ledger().want(more);
      lake.rig.collector.store.remove(purged);
      one.ledger().unwant(purged);
      one.work().batch(one.table());
      assertThat(one.ledger().status().waiting()).isEqualTo(2);
      assertThat(one.ledger().status().failing()).isEqualTo(2);
      assertThat(one.ledger().status().problem()).contains("lake/timeline");

      network.repair();
      lake.makeDue();
      LakeRig.Collector two = lake.collector("two");
      two.work().batch(two.table());
      two.work().clean(two.table(), Duration.ZERO);
      assertThat(lake.rows()).containsOnlyKeys(kept.value(), more.value());
      assertThat(two.ledger().status().waiting()).isZero();
      assertThat(bucket.list("lake/timeline/data/", "", 1000))
          .hasSize(4)
          .noneMatch(each -> each.key().contains(purged.value()));
    }
  }
}
