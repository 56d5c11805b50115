package whorl.collector.timeline.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.store.database.Database;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.jobs.JobLedger;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.cache.ObjectCache;
import whorl.collector.store.objects.folder.FolderObjects;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.TestDatabase;
import whorl.collector.timeline.IndexStatus;

/** A collector indexes work that several of them share. */
@Timeout(120)
class SharedIndexTest {
  @TempDir Path root;

  /** Else its report would be left out, because the evidence seems to be indexed again. */
  @Test
  void whatFollows_findsTheTimeline() throws Exception {
    ObjectStore objects = FolderObjects.open(root.resolve("objects"), Disk.LOCAL);
    AtomicReference<IndexStatus.State> found = new AtomicReference<>();
    try (TestDatabase database = TestDatabase.create(TestDatabase.Engine.SQLITE, root);
        TestCollector collector = TestCollector.open(root.resolve("collector"));
        ConfinedJvm confined =
            new ConfinedJvm(root.resolve("confined"), 2, Duration.ofSeconds(30));
        ObjectCache cache =
            ObjectCache.open(
                root.resolve("cache"), new ObjectCache.Limits(1 << 20, 0), () -> 1L << 40);
        IndexQueue index = queue(collector.store, confined, objects, cache, database)) {
      index.onReady(evidence -> found.set(index.status(evidence).state()));
      FakeAgent agent = new FakeAgent().with("console.log", "a line\n");
      agent.ship(collector.agentClient, "console.log", "a line\n".getBytes(StandardCharsets.UTF_8));
      collector.expireUploads();
      index.start();

      await().atMost(Duration.ofSeconds(60)).until(() -> found.get() != null);
      assertThat(found.get()).isEqualTo(IndexStatus.State.READY);
    }
  }

  /** Another collector makes it, and the purge of the evidence does not come to this folder. */
  @Test
  void start_deletesTheUnfinishedTimelineOfAKilledRun_andGoesOnCountingItsTries() throws Exception {
    Path evidence = Files.createDirectories(root.resolve("own/evidence/evidence-0001"));
    Path rows = Files.createDirectory(evidence.resolve("timeline.new")).resolve("rows-0.parquet");
    Files.writeString(rows, "rows");
    Files.write(evidence.resolve("index.tries"), new byte[1]);
    ObjectStore objects = FolderObjects.open(root.resolve("objects"), Disk.LOCAL);
    try (TestDatabase database = TestDatabase.create(TestDatabase.Engine.SQLITE, root);
        TestCollector collector = TestCollector.open(root.resolve("collector"));
        ConfinedJvm confined =
            new ConfinedJvm(root.resolve("confined"), 2, Duration.ofSeconds(30));
        ObjectCache cache =
            ObjectCache.open(
                root.resolve("cache"), new ObjectCache.Limits(1 << 20, 0), () -> 1L << 40);
        IndexQueue index = queue(collector.store, confined, objects, cache, database)) {
      index.start();

      assertThat(evidence).isDirectoryNotContaining("glob:**timeline.new");
      assertThat(evidence.resolve("index.tries")).hasSize(1);
    }
  }

  /** Else all that waits would have no timeline until a collector starts again. */
  @Test
  void storeThatIsAwayWhenWorkIsTaken_leavesTheWork() throws Exception {
    AtomicBoolean away = new AtomicBoolean(true);
    ObjectStore objects = FolderObjects.open(root.resolve("objects"), Disk.LOCAL);
    try (TestDatabase data = TestDatabase.create(TestDatabase.Engine.SQLITE, root);
        TestCollector collector = TestCollector.open(root.resolve("collector"));
        ConfinedJvm confined =
            new ConfinedJvm(root.resolve("confined"), 2, Duration.ofSeconds(30));
        ObjectCache cache =
            ObjectCache.open(
                root.resolve("cache"), new ObjectCache.Limits(1 << 20, 0), () -> 1L << 40);
        IndexQueue index =
            queue(mayBeAway(collector.store, away), confined, objects, cache, data)) {
      FakeAgent agent = new FakeAgent().with("console.log", "a line\n");
      agent.ship(collector.agentClient, "console.log", "a line\n".getBytes(StandardCharsets.UTF_8));
      collector.expireUploads();
      Database database = data.open();
      JobLedger jobs = new JobLedger(database, "other");
      jobs.add(SharedIndexWork.KIND, agent.evidence, true, 1);
      index.start();

      await()
          .atMost(Duration.ofSeconds(10))
          .until(
              () ->
                  jobs.find(SharedIndexWork.KIND, agent.evidence)
                      .filter(job -> job.problem() != null)
                      .isPresent());

      away.set(false);
      database.update("UPDATE jobs SET due_millis = 0");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> index.status(agent.evidence).state() == IndexStatus.State.READY);
    }
  }

  private static EvidenceStore mayBeAway(EvidenceStore store, AtomicBoolean away) {
    return (EvidenceStore)
        Proxy.newProxyInstance(
            EvidenceStore.class.getClassLoader(),
            new Class<?>[] {EvidenceStore.class},
            (proxy, method, arguments) -> {
              if (away.get() && method.getName().equals("record")) {
                throw new ChangedAndPoisonedTest.Away();
              }
              return method.invoke(store, arguments);
            });
  }

  private IndexQueue queue(
      EvidenceStore store,
      ConfinedJvm confined,
      ObjectStore objects,
      ObjectCache cache,
      TestDatabase database)
      throws IOException {
    return new IndexQueue(
        new IndexQueue.Dependencies(
            store,
            new DataFolder(root.resolve("own")),
            Disk.LOCAL,
            evidence -> List.of(),
            (evidence, atMost) -> Preparation.Outcome.DONE,
            confined,
            () -> Long.MAX_VALUE,
            0,
            SharedTimelines.open(objects, cache, root.resolve("views")),
            new SharedIndexWork(new JobLedger(database.open(), "one"))));
  }
}
