package whorl.collector.performance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.http.request.ProblemException;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.OpenContents;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.ChangedContent;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.MemoryObjects;
import whorl.collector.testkit.TestCollector;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;

@Timeout(60)
class ResultsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path root;
  private TestCollector collector;
  private final CountingMaker maker = new CountingMaker();

  /** What the tests make. */
  record Thing(int number, String problem) {}

  private static final class CountingMaker implements Maker<Thing> {
    final AtomicInteger made = new AtomicInteger();
    volatile int version = 1;
    volatile boolean keep = true;
    volatile CountDownLatch latch = new CountDownLatch(0);

    @Override
    public String kind() {
      return "counted";
    }

    @Override
    public int version() {
      return version;
    }

    @Override
    public Class<Thing> type() {
      return Thing.class;
    }

    @Override
    public Thing without(Recordings recordings, String reason) {
      return new Thing(0, reason);
    }

    @Override
    public Maker.Made<Thing> make(Recordings recordings, OpenContents contents)
        throws IOException, InterruptedException {
      latch.await();
      contents.file(recordings.readable().values().iterator().next());
      return new Maker.Made<>(new Thing(made.incrementAndGet(), ""), keep);
    }
  }

  @BeforeEach
  void open() throws IOException {
    collector = TestCollector.open(root);
  }

  @AfterEach
  void close() throws IOException {
    collector.close();
  }

  @Test
  void result_isMadeOnce_andReadByOthers() throws IOException {
    EvidenceRecord record = evidence(new FakeAgent().with("recording.jfr", "FLR"));
    MemoryObjects objects = new MemoryObjects();
    for (ResultStore kept :
        List.of(new FolderResults(collector.folder, Disk.LOCAL), new SharedResults(objects))) {
      int before = maker.made.get();
      try (Results<Thing> one = results(kept, PATIENCE);
          Results<Thing> other = results(kept, PATIENCE)) {
        assertThat(one.of(record).number()).isEqualTo(before + 1);
        assertThat(other.of(record).number()).isEqualTo(before + 1);
      }
    }
  }

  @Test
  void resultOfAnotherVersion_isMadeAnew() throws IOException {
    EvidenceRecord record = evidence(new FakeAgent().with("recording.jfr", "FLR"));
    try (Results<Thing> results = results(folder(), PATIENCE)) {
      assertThat(results.of(record).number()).isEqualTo(1);
      maker.version = 2;
      assertThat(results.of(record).number()).isEqualTo(2);
    }
  }

  @Test
  void resultThatMayTurnOutOtherwise_isNotKept() throws IOException {
    EvidenceRecord record = evidence(new FakeAgent().with("recording.jfr", "FLR"));
    maker.keep = false;
    try (Results<Thing> results = results(folder(), PATIENCE)) {
      assertThat(results.of(record).number()).isEqualTo(1);
      assertThat(results.of(record).number()).isEqualTo(2);
    }
  }

  @Test
  void damagedResult_isMadeAnew() throws IOException {
    EvidenceRecord record = evidence(new FakeAgent().with("recording.jfr", "FLR"));
    try (Results<Thing> results = results(folder(), PATIENCE)) {
      assertThat(results.of(record).number()).isEqualTo(1);
      Files.writeString(
          collector.folder.performance(record.id()).resolve("counted.json"), "{\"version\":1,");
      assertThat(results.of(record).number()).isEqualTo(2);
    }
  }

  @Test
  void resultThatTakesLong_isAskedForAgain() throws IOException {
    EvidenceRecord record = evidence(new FakeAgent().with("recording.jfr", "FLR"));
    CountDownLatch latch = new CountDownLatch(1);
    maker.latch = latch;
    ResultStore kept = new SharedResults(new MemoryObjects()); // of two collectors
    try (Results<Thing> hurried = results(kept, Duration.ofMillis(1))) {
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> hurried.of(record))
            .isInstanceOfSatisfying(
                ProblemException.class,
                problem -> {
                  assertThat(problem.status()).isEqualTo(409);
                  assertThat(problem.headers()).containsEntry("Retry-After", "2");
                });
      }
      latch.countDown();
      try (Results<Thing> patient = results(kept, PATIENCE)) {
        assertThat(patient.of(record).number()).isPositive();
      }
    }
    assertThat(maker.made.get()).as("by each of the two, at most").isLessThanOrEqualTo(2);
  }

  @Test
  void evidenceWithoutRecording_orWithAnEncryptedOne_saysWhy() throws IOException {
    try (Results<Thing> results = results(folder(), PATIENCE)) {
      assertThat(results.of(evidence(new FakeAgent().with("threads.txt", "main"))).problem())
          .isEqualTo("this evidence has no recording");
      FakeAgent encrypted = new FakeAgent().with("recording.jfr.age", "age-encryption.org/v1");
      assertThat(results.of(evidence(encrypted)).problem()).contains("is encrypted");
    }
    assertThat(maker.made.get()).isZero();
  }

  /** What the store has is restored at times, so the answer is not kept. */
  @Test
  void recordingThatWasChangedInTheStore_isNamed_untilItIsRestored() throws IOException {
    EvidenceRecord record = evidence(new FakeAgent().with("recording.jfr", "FLR"));
    Set<Digest> changed = new HashSet<>();
    changed.add(record.artifact(ArtifactName.RECORDING).sha256());
    EvidenceStore store = ChangedContent.of(collector.store, changed);
    try (Results<Thing> results = new Results<>(store, folder(), maker, PATIENCE)) {
      assertThat(results.of(record).problem())
          .isEqualTo("recording.jfr: it is damaged in the object store; verify says more");
      changed.clear();
      assertThat(results.of(record).problem()).isEmpty();
    }
  }

  private ResultStore folder() {
    return new FolderResults(collector.folder, Disk.LOCAL);
  }

  private Results<Thing> results(ResultStore kept, Duration patience) {
    return new Results<>(collector.store, kept, maker, patience);
  }

  private EvidenceRecord evidence(FakeAgent agent) throws IOException {
    Answer answer = agent.seal().shipAll(collector.agentClient);
    assertThat(answer.status()).as(answer.text()).isEqualTo(204);
    return collector.store.record(agent.evidence);
  }
}
