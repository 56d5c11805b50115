package whorl.collector.timeline.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.cache.ObjectCache;
import whorl.collector.store.objects.folder.FolderObjects;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.query.DuckTimeline;
import whorl.evidence.Id;

/** One collector indexes, and another one queries the same objects. */
class SharedTimelinesTest {
  private static final int ROWS = 60;

  @TempDir Path root;
  private ObjectStore objects;
  private ObjectCache cache;
  private IndexRig rig;

  @BeforeEach
  void open() throws IOException {
    objects = FolderObjects.open(root.resolve("objects"), Disk.LOCAL);
    cache = cache("one", 1 << 20);
    rig =
        new IndexRig(
            root.resolve("one"), SharedTimelines.open(objects, cache, root.resolve("views-1")));
    rig.index.start();
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
    cache.close();
  }

  @Test
  void whatOneIndexed_anotherQueries_alsoWithTooSmallACache() throws Exception {
    Id evidence = rig.received(agent());
    IndexStatus status = rig.indexed(evidence);
    assertThat(status.state()).isEqualTo(IndexStatus.State.READY);
    assertThat(rig.collector.folder.evidence(evidence).resolve("timeline")).doesNotExist();
    List<Row> rows = rig.rows(TimelineQuery.of(evidence));
    assertThat(rows).hasSizeGreaterThanOrEqualTo(ROWS);

    for (long cacheBytes : new long[] {1 << 20, 100}) {
      try (ObjectCache otherCache = cache("other-" + cacheBytes, cacheBytes)) {
        SharedTimelines other =
            SharedTimelines.open(objects, otherCache, root.resolve("views-" + cacheBytes));
        assertThat(other.status(evidence)).isEqualTo(status);
        assertThat(other.indexed(evidence, evidence)).containsExactly(evidence);
        try (DuckTimeline timeline =
            new DuckTimeline(
                other::rows, root.resolve("exports-" + cacheBytes), IndexRig.MEMORY_BYTES)) {
          List<Row> others = new ArrayList<>();
          timeline.each(TimelineQuery.of(evidence), others::add);
          assertThat(others).extracting(Row::id).isEqualTo(rows.stream().map(Row::id).toList());
          assertThat(timeline.types(TimelineQuery.of(evidence)))
              .isEqualTo(rig.timeline.types(TimelineQuery.of(evidence)));
          assertThat(timeline.page(TimelineQuery.of(evidence).text("line 7")).rows()).isNotEmpty();
        }
        assertThat(otherCache.bytes()).isLessThanOrEqualTo(cacheBytes);
      }
    }
  }

  @Test
  void evidenceThatHasChanged_hasNoTimeline_untilItIsIndexedAgain() throws Exception {
    Id evidence = rig.received(agent());
    rig.indexed(evidence);
    rig.index.close(); // it ends before it does so

    rig.index.changed(evidence);

    try (ObjectCache otherCache = cache("other", 1 << 20)) {
      SharedTimelines other = SharedTimelines.open(objects, otherCache, root.resolve("views-2"));
      assertThat(other.status(evidence)).isNull();
      assertThat(other.build(evidence)).isNull();
      assertThat(other.indexed(evidence, evidence)).isEmpty();
    }
  }

  @Test
  void damagedObject_isNoRows() throws Exception {
    Id evidence = rig.received(agent());
    rig.indexed(evidence);
    for (ObjectStore.ObjectFacts each : objects.list("timeline/" + evidence + "/", "", 100)) {
      if (!each.key().contains("/index-")) {
        objects.put(each.key(), new byte[(int) each.size()]);
      }
    }

    try (ObjectCache otherCache = cache("other", 1 << 20)) {
      SharedTimelines other = SharedTimelines.open(objects, otherCache, root.resolve("views-2"));
      assertThatThrownBy(() -> other.rows(evidence)).hasMessageContaining("is damaged");
      assertThat(otherCache.damaged()).isEqualTo(1);
    }
  }

  private ObjectCache cache(String name, long maxBytes) throws IOException {
    return ObjectCache.open(
        root.resolve("cache-" + name), new ObjectCache.Limits(maxBytes, 0), () -> 1L << 40);
  }

  private static FakeAgent agent() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < ROWS; i++) {
      lines.append("2026-01-02T03:04:05.").append(100 + i).append("Z\tout\tmain\tline ").append(i);
      lines.append('\n');
    }
    return new FakeAgent().with("console.log", lines.toString());
  }
}
