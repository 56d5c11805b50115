package whorl.collector.receive.seal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.receive.AgentConnections;
import whorl.collector.receive.AgentOwners;
import whorl.collector.receive.ReceiverCounters;
import whorl.collector.receive.SealListener;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.testkit.FakeAgent;
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

      committer.publish(record, sha256, null);
      List<CustodyEntry> once = collector.custody.entries(record.id());
      committer.publish(record, sha256, null);

      assertThat(once).isNotEmpty();
      assertThat(collector.custody.entries(record.id())).isEqualTo(once);
    }
  }

  @Test
  void recordWhoseListenerFails_staysDue_untilItWasTold() throws Exception {
    TestCollector.World world = new TestCollector.World();
    world.listener = new FailingOnce(world.told);
    try (TestCollector collector = TestCollector.open(root, world)) {
      EvidenceRecord record = Records.of(Instant.now(), "a.txt", 1);
      Digest sha256 = collector.store.commit(record);
      Committer committer =
          new Committer(
              collector.store,
              collector.custody,
              collector.catalog,
              AgentOwners.EVERYBODY,
              world.listener,
              new ReceiverCounters());

      committer.publish(record, sha256, null);
      assertThat(collector.store.dueInCustody()).containsExactly(record.id());
      assertThat(world.told.sealed).isEmpty();

      committer.publish(record, sha256, null);
      assertThat(collector.store.dueInCustody()).isEmpty();
      assertThat(world.told.sealed).hasSize(1);
    }
  }

  @Test
  void listenerThatFailedAtTheSeal_isToldByTheNextPass_withoutARestart() throws Exception {
    TestCollector.World world = new TestCollector.World();
    world.listener = new FailingOnce(world.told);
    try (TestCollector collector = TestCollector.open(root, world)) {
      FakeAgent agent = new FakeAgent().with("a.txt", "text").seal();
      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
      assertThat(world.told.sealed).isEmpty();

      collector.receiver.expire(AgentConnections.UNKNOWN);

      assertThat(world.told.sealed).hasSize(1);
      assertThat(collector.store.dueInCustody()).isEmpty();
      assertThat(collector.custody.entries(agent.evidence))
          .extracting(CustodyEntry::action)
          .containsExactly("received", "sealed");
    }
  }

  /** As a database that is away for a moment. */
  private static final class FailingOnce implements SealListener {
    private final SealListener then;
    private boolean failed;

    private FailingOnce(SealListener then) {
      this.then = then;
    }

    @Override
    public void sealed(EvidenceRecord record) {
      if (!failed) {
        failed = true;
        throw new UncheckedIOException(new IOException("away"));
      }
      then.sealed(record);
    }

    @Override
    public void progress(Arrived soFar) {
      then.progress(soFar);
    }
  }
}
