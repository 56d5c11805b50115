package whorl.collector.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.collector.http.request.ProblemException;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.PostgresDatabase;
import whorl.collector.store.records.CaseLedger;
import whorl.collector.store.records.CaseRecord;
import whorl.collector.testkit.TestPostgres;
import whorl.evidence.Id;

/** Two collectors change one case. */
class CaseGuardTest {
  private static final CaseRecord CASE =
      new CaseRecord(new Id("case-0001"), "t", "d", false, Instant.EPOCH, "me", List.of(), 0, 0);

  private TestPostgres postgres;
  private Database one;
  private Database two;

  @BeforeEach
  void open() throws IOException {
    postgres = TestPostgres.create();
    one = PostgresDatabase.open(postgres.address());
    two = PostgresDatabase.open(postgres.address());
    new CaseLedger(one).insert(CASE);
  }

  @AfterEach
  void close() throws IOException {
    one.close();
    two.close();
    postgres.close();
  }

  @Test
  void caseThatAnotherCollectorChanged_isRefused() throws IOException {
    CaseGuard guard = new CaseGuard(new CaseLedger(two));
    guard.requireUnchanged(CASE);
    new CaseLedger(one).update(titled("other"));

    assertThatThrownBy(() -> guard.requireUnchanged(CASE))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("another collector changed case case-0001");
    assertThat(guard.requireExisting(CASE.id())).isTrue();
    new CaseLedger(one).delete(CASE.id());
    assertThatThrownBy(() -> guard.requireExisting(CASE.id())).isInstanceOf(ProblemException.class);
  }

  @Test
  void changesAtTheSameTime_takeTurns_andOneIsRefused() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<Boolean> first = threads.submit(() -> rename(one, "first"));
      Future<Boolean> second = threads.submit(() -> rename(two, "second"));
      boolean firstWon = first.get(30, TimeUnit.SECONDS);

      assertThat(second.get(30, TimeUnit.SECONDS)).isEqualTo(!firstWon);
      assertThat(new CaseLedger(one).find(CASE.id()))
          .isEqualTo(titled(firstWon ? "first" : "second"));
    } finally {
      threads.shutdownNow();
    }
  }

  private static boolean rename(Database database, String title) throws IOException {
    CaseLedger ledger = new CaseLedger(database);
    try {
      ledger.together(
          () -> {
            new CaseGuard(ledger).requireUnchanged(CASE);
            ledger.update(titled(title));
            return title;
          });
      return true;
    } catch (ProblemException refused) {
      return false;
    }
  }

  private static CaseRecord titled(String title) {
    return new CaseRecord(CASE.id(), title, "d", false, Instant.EPOCH, "me", List.of(), 0, 0);
  }
}
