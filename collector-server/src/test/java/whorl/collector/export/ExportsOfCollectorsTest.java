package whorl.collector.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.store.database.Database;
import whorl.collector.store.limits.ExportLedger;
import whorl.collector.testkit.DelegatingDatabase;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Id;

/** The same person exports the same evidence at several collectors. */
@Timeout(60)
class ExportsOfCollectorsTest {
  @TempDir Path folder;
  private final Id evidence = Id.next(InstantSource.system());
  private TestDatabase databases;
  private CustodyLog custody;

  @BeforeEach
  void open() throws IOException {
    databases = TestDatabase.create(TestDatabase.Engine.POSTGRESQL, folder);
    custody = log(databases.open());
  }

  @AfterEach
  void close() throws IOException {
    databases.close();
  }

  private static CustodyLog log(Database database) throws IOException {
    return CustodyLog.shared(
        database, InstantSource.system(), CustodyAction.ENROLLED, 0, entry -> {});
  }

  private ExportLog collector(Duration clock) throws IOException {
    Database database = ahead(databases.open(), clock);
    return new ExportLog(log(database), Instant::now, new ExportLedger(database));
  }

  /** A database whose clock is ahead of that of the others. */
  private static Database ahead(Database database, Duration by) {
    return new DelegatingDatabase(database) {
      @Override
      public String nowMillis() {
        return "(" + super.nowMillis() + " + " + by.toMillis() + ")";
      }
    };
  }

  @Test
  void sameExportAtSeveralCollectorsAtOnce_isInCustodyOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    CyclicBarrier together = new CyclicBarrier(4);
    try {
      List<Future<?>> exports = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        ExportLog collector = collector(Duration.ZERO);
        exports.add(
            threads.submit(
                () -> {
                  together.await(20, TimeUnit.SECONDS);
                  collector.taken(null, evidence, "bag");
                  collector.taken(null, evidence, "heap.hprof.gz");
                  return null;
                }));
      }
      for (Future<?> each : exports) {
        each.get(30, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(custody.entries(evidence))
        .extracting(entry -> entry.detail().get("what"))
        .containsExactlyInAnyOrder("bag", "heap.hprof.gz");
  }

  @Test
  void lookingAtSeveralCollectorsWithinAnHour_isInCustodyOnce() throws Exception {
    collector(Duration.ZERO).opened(null, List.of(evidence));
    collector(Duration.ofMinutes(59)).opened(null, List.of(evidence));
    assertThat(custody.entries(evidence))
        .extracting(CustodyEntry::action)
        .containsExactly(CustodyAction.READ.word());

    collector(Duration.ofMinutes(61)).opened(null, List.of(evidence));

    assertThat(custody.entries(evidence)).hasSize(2);
  }

  @Test
  void sameExportAfterTenMinutes_isAnotherOne() throws Exception {
    collector(Duration.ZERO).taken(null, evidence, "bag");
    collector(Duration.ofMinutes(9)).taken(null, evidence, "bag");
    assertThat(custody.entries(evidence)).hasSize(1);

    collector(Duration.ofMinutes(11)).taken(null, evidence, "bag");

    assertThat(custody.entries(evidence)).hasSize(2);
  }
}
