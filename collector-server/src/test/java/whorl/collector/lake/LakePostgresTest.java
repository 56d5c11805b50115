package whorl.collector.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.PostgresDatabase;
import whorl.collector.testkit.TestPostgres;
import whorl.evidence.Id;

/** The lake with ledger and catalog in PostgreSQL, by several collectors at once. */
@Timeout(300)
class LakePostgresTest {
  private static final int COLLECTORS = 3;

  @TempDir Path root;
  private TestPostgres postgres;
  private Database database;
  private LakeRig lake;

  @BeforeEach
  void open() throws Exception {
    postgres = TestPostgres.create();
    database = PostgresDatabase.open(postgres.address());
    lake =
        new LakeRig(
            root,
            database,
            LakeSettings.postgres(
                LakeSettings.location(root.toRealPath().resolve("objects")),
                postgres.address().url(),
                postgres.address().user(),
                null));
  }

  @AfterEach
  void close() throws Exception {
    if (lake != null) {
      lake.close();
    }
    if (database != null) {
      database.close();
      postgres.close();
    }
  }

  @Tag("long")
  @Test
  void severalCollectorsAtOnce_eachEvidenceIsThereOnce_andPurgedOnesAreGone() throws Exception {
    Map<String, Long> expected = new HashMap<>();
    List<Id> all = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Id evidence = lake.evidence("shop", 50 + i);
      all.add(evidence);
      expected.put(evidence.value(), lake.rig.index.status(evidence).rows());
    }
    LakeLedger ledger = new LakeLedger(database, "test");
    for (Id evidence : all) {
      ledger.want(evidence);
    }

    atOnce(
        collector -> {
          for (int round = 0; round < 3; round++) {
            collector.work().batch(collector.table());
            // the next round replaces what this one appended
            collector.ledger().want(all.get(round));
          }
          while (collector.work().batch(collector.table()) > 0) {
            // until there is nothing left
          }
        });

    while (ledger.status().waiting() > 0) {
      lake.makeDue();
      LakeRig.Collector last = lake.collector("last");
      last.work().batch(last.table());
    }
    assertThat(lake.rows()).isEqualTo(expected);
    assertThat(ledger.status().problem()).isNull();

    lake.rig.collector.store.remove(all.get(0));
    ledger.unwant(all.get(0));
    LakeRig.Collector cleaner = lake.collector("cleaner");
    cleaner.work().batch(cleaner.table());
    cleaner.work().clean(cleaner.table(), Duration.ZERO);
    expected.remove(all.get(0).value());
    assertThat(lake.rows()).isEqualTo(expected);
    assertThat(Set.copyOf(lake.stored())).isEqualTo(Set.copyOf(lake.files()));
  }

  @Test
  void wrongPassword_isNamed_andNotRepeated() {
    LakeSettings wrong =
        new LakeSettings(
            lake.settings.root(),
            "jdbc:postgresql://127.0.0.1:1/whorl?password=hidden1",
            Map.of("connectTimeout", "1"),
            () -> "hidden2",
            Duration.ZERO,
            Duration.ZERO);

    assertThatThrownBy(
            () -> LakeCatalog.open(wrong, new ObjectFileIO(lake.objects, lake.settings.root())))
        .isInstanceOf(IOException.class)
        .satisfies(
            e -> {
              for (Throwable each = e; each != null; each = each.getCause()) {
                assertThat(String.valueOf(each.getMessage()))
                    .doesNotContain("hidden1")
                    .doesNotContain("hidden2");
              }
            });
    assertThat(wrong.toString()).doesNotContain("hidden");
  }

  private interface Task {
    void run(LakeRig.Collector collector) throws Exception;
  }

  private void atOnce(Task task) throws Exception {
    CountDownLatch begin = new CountDownLatch(1);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < COLLECTORS; i++) {
      LakeRig.Collector collector = lake.collector("collector-" + i);
      Thread thread =
          new Thread(
              () -> {
                try {
                  begin.await();
                  task.run(collector);
                } catch (Throwable e) {
                  failure.compareAndSet(null, e);
                }
              });
      threads.add(thread);
      thread.start();
    }
    begin.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failure.get()).isNull();
  }
}
