package whorl.collector.timeline.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.receive.ReceiveLimits;
import whorl.collector.store.disk.Disk;
import whorl.collector.testkit.ChangedContent;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.UnforcedDisk;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.query.DuckTimeline;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** A collector that indexes the evidence sent to it, in a folder. */
public final class IndexRig implements AutoCloseable {
  public static final long MEMORY_BYTES = 256L << 20;

  public final TestCollector collector;
  public final ConfinedJvm confined;
  public final IndexQueue index;
  public final DuckTimeline timeline;
  public final List<Id> ready = new CopyOnWriteArrayList<>();

  /** What somebody has changed in the store; may be added to. */
  public final Set<Digest> changed = ConcurrentHashMap.newKeySet();

  public final AtomicLong freeBytes = new AtomicLong(Long.MAX_VALUE);

  public IndexRig(Path root) throws IOException {
    this(root, TestCollector.LIMITS);
  }

  public IndexRig(Path root, ReceiveLimits limits) throws IOException {
    this(root, collector(root, limits));
  }

  /** The collector has the clock and the listeners of this world. */
  public IndexRig(Path root, TestCollector.World world) throws IOException {
    this(root, TestCollector.open(root, world));
  }

  /** The custody log's lines of the evidence come from here. */
  public IndexRig(Path root, CustodyLines custody) throws IOException {
    this(root, collector(root, TestCollector.LIMITS), custody, null);
  }

  /** Complete timelines are objects. */
  public IndexRig(Path root, SharedTimelines shared) throws IOException {
    this(root, collector(root, TestCollector.LIMITS), shared);
  }

  private IndexRig(Path root, TestCollector collector, SharedTimelines shared) throws IOException {
    this(root, collector, collector.custody::lines, shared);
  }

  private IndexRig(Path root, TestCollector collector) throws IOException {
    this(root, collector, collector.custody::lines, null);
  }

  private IndexRig(
      Path root, TestCollector collector, CustodyLines custody, @Nullable SharedTimelines shared)
      throws IOException {
    this.collector = collector;
    confined = new ConfinedJvm(root.resolve("confined"), 2, Duration.ofSeconds(30));
    index =
        new IndexQueue(
            new IndexQueue.Dependencies(
                ChangedContent.of(collector.store, changed),
                collector.folder,
                Disk.LOCAL,
                custody,
                (evidence, atMost) -> Preparation.Outcome.DONE,
                confined,
                freeBytes::get,
                0,
                shared,
                null));
    index.onReady(ready::add);
    timeline = new DuckTimeline(index, root.resolve("exports"), MEMORY_BYTES);
  }

  private static TestCollector collector(Path root, ReceiveLimits limits) throws IOException {
    return TestCollector.open(root, new UnforcedDisk(), limits, new TestCollector.World());
  }

  /** Stores evidence without indexing it. */
  public Id received(FakeAgent agent) {
    assertThat(agent.seal().shipAll(collector.agentClient).status()).isEqualTo(204);
    return agent.evidence;
  }

  /** Waits for the index and returns its status. */
  public IndexStatus indexed(Id evidence) {
    index.wanted(evidence);
    Awaitility.await()
        .atMost(Duration.ofMinutes(3))
        .until(
            () ->
                index.status(evidence).state() == IndexStatus.State.READY
                    || index.status(evidence).state() == IndexStatus.State.FAILED);
    return index.status(evidence);
  }

  public List<Row> rows(TimelineQuery query) throws IOException {
    List<Row> rows = new ArrayList<>();
    timeline.each(query, rows::add);
    return rows;
  }

  @Override
  public void close() throws IOException {
    confined.close();
    index.close();
    timeline.close();
    collector.close();
  }
}
