package whorl.collector.receive.seal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.receive.AgentOwners;
import whorl.collector.receive.ReceiverCounters;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.testkit.Records;
import whorl.collector.testkit.TestCollector;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;

class CommitterTest {
  @TempDir Path root;

  @Test
  void recordThatIsPublishedTwice_hasItsCustodyEntriesOnce() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      EvidenceRecord record = Records.of(Instant.now(), "a.txt", 1);
      Digest sha256 = collector.store.commit(record);
      Committer committer =
          new Committer(
              collector.store,
              collector.custody,
              collector.catalog,
              AgentOwners.EVERYBODY,
              collector.told,
              new ReceiverCounters());

      committer.publish(record, sha256);
      List<CustodyEntry> once = collector.custody.entries(record.id());
      committer.publish(record, sha256);

      assertThat(once).isNotEmpty();
      assertThat(collector.custody.entries(record.id())).isEqualTo(once);
    }
  }
}
