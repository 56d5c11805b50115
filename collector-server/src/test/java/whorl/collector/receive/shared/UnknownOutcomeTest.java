package whorl.collector.receive.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.database.Database;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.folder.FolderObjects;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.DelegatingDatabase;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestDatabase;
import whorl.collector.testkit.UnforcedDisk;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;

/** The database has done what a collector asked, and the answer is lost. */
class UnknownOutcomeTest {
  @TempDir Path root;
  private final AtomicInteger lostAnswer = new AtomicInteger();

  private final class LosingAnswers extends DelegatingDatabase {
    LosingAnswers(Database database) {
      super(database);
    }

    @Override
    public <T> T inTransaction(Transaction<T> work) throws IOException {
      T result = super.inTransaction(work);
      if (lostAnswer.compareAndSet(1, 0)) {
        throw new IOException("the answer is lost");
      }
      return result;
    }
  }

  @Test
  void chunkWhosePartsMayBeSaved_keepsThem_andTheUploadGoesOn() throws Exception {
    try (TestDatabase engine = TestDatabase.create(TestDatabase.Engine.SQLITE, root)) {
      Database opened = engine.open();
      try (SharedWorld world =
              SharedWorld.withSharedStore(
                  root,
                  () -> new LosingAnswers(opened),
                  FolderObjects.open(root.resolve("objects"), new UnforcedDisk()));
          SharedWorld.Collector collector = world.open()) {
        byte[] heap = new byte[(int) (2.5 * world.partBytes())];
        new Random(3).nextBytes(heap);
        FakeAgent agent = new FakeAgent().with(Shipper.HEAP, heap).seal();
        String location =
            agent.create(collector.client, Shipper.HEAP, heap.length).header("Location");
        Shipper shipper = new Shipper(agent, heap.length);
        shipper.locations.put(Shipper.HEAP, location);
        int first = (int) (1.2 * world.partBytes());
        lostAnswer.set(1);

        assertThatThrownBy(() -> shipper.patch(collector.client, Shipper.HEAP, heap, 0, first))
            .hasMessageContaining("the answer is lost");

        assertThat(lostAnswer).hasValue(0);
        Answer head = FakeAgent.head(collector.client, location);
        assertThat(head.header("Upload-Offset")).isEqualTo(Integer.toString(first));
        Answer rest = shipper.patch(collector.client, Shipper.HEAP, heap, first, heap.length);
        assertThat(rest.status()).as(rest.text()).isEqualTo(204);
        new Shipper(agent, heap.length).ship(collector.client);
        EvidenceRecord record = world.record(agent.evidence);
        assertThat(record.artifact(new ArtifactName(Shipper.HEAP)).sha256())
            .isEqualTo(Digest.of(heap));
        assertThat(world.content(Digest.of(heap))).isEqualTo(heap);
      }
    }
  }
}
