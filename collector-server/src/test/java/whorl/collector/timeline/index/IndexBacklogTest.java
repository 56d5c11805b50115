package whorl.collector.timeline.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.objects.cache.ObjectCache;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.MemoryObjects;
import whorl.collector.timeline.IndexStatus;
import whorl.evidence.Id;

/** Evidence without a timeline is found beside the other work. */
@Timeout(60)
class IndexBacklogTest {
  private static final int PIECES = 7;

  @TempDir Path root;
  private final MemoryObjects objects = new MemoryObjects();
  private final List<Id> evidence = new ArrayList<>();
  private IndexRig rig;
  private ObjectCache cache;
  private SharedTimelines timelines;
  private IndexPending pending;

  @BeforeEach
  void open() throws IOException {
    cache =
        ObjectCache.open(root.resolve("cache"), new ObjectCache.Limits(1 << 20, 0), () -> 1L << 40);
    timelines = SharedTimelines.open(objects, cache, root.resolve("views"));
    rig = new IndexRig(root.resolve("collector"), timelines); // is not started
    for (int i = 0; i < PIECES; i++) {
      evidence.add(rig.received(new FakeAgent().with("console.log", "line " + i)));
    }
    evidence.sort(null);
    pending = new IndexPending(rig.collector.store, null);
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
    cache.close();
  }

  @Test
  void evidenceWithoutATimeline_isQueued_pageByPage() throws IOException {
    for (int indexed : new int[] {0, 1, 4, 6}) {
      index(evidence.get(indexed));
    }
    try (IndexBacklog backlog = backlog(2)) {
      backlog.start();
      await().until(() -> pending.size() == PIECES - 4);
    }
    for (int missing : new int[] {2, 3, 5}) {
      assertThat(pending.status(evidence.get(missing)))
          .isEqualTo(IndexStatus.of(IndexStatus.State.WAITING, 0));
    }
  }

  @Test
  void objectStoreThatIsAway_isAskedAgain() throws IOException {
    objects.away.set(true);
    try (IndexBacklog backlog = backlog(3)) {
      backlog.start();
      assertThat(pending.size()).isZero();
      objects.away.set(false);
      await().until(() -> pending.size() == PIECES);
    }
  }

  @Test
  void listOfTimelines_isReadOnlyWhereItIsAskedFor() throws IOException {
    for (Id each : evidence) {
      index(each);
    }
    assertThat(timelines.indexed(evidence.get(2), evidence.get(4)))
        .containsExactlyInAnyOrder(evidence.get(2), evidence.get(3), evidence.get(4));
    assertThat(timelines.indexed(evidence.get(6), evidence.get(6)))
        .containsExactly(evidence.get(6));
  }

  @Test
  void idThatBeginsWithAnother_isNoEndOfTheList() throws IOException {
    index(new Id("evidence-1"));
    index(new Id("evidence-1-2")); // its key comes first
    assertThat(timelines.indexed(new Id("evidence-1"), new Id("evidence-1")))
        .contains(new Id("evidence-1"));
  }

  /** Only what is listed. */
  private void index(Id each) throws IOException {
    byte[] content = "{}".getBytes(StandardCharsets.UTF_8);
    objects.put("timeline/" + each + "/0a1b", content);
    objects.put("timeline/" + each + "/index-" + IndexStatus.VERSION + ".json", content);
  }

  private IndexBacklog backlog(int page) {
    return new IndexBacklog(
        rig.collector.store, timelines, pending, page, Duration.ofMillis(1), Duration.ofMillis(50));
  }
}
