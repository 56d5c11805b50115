package whorl.collector.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.s3.MotoServer;
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
}
