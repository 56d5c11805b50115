package whorl.collector.custody.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.store.database.Database;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Id;

/** Two collectors write one log. */
@ParameterizedClass
@EnumSource
class SharedLogTest {
  private static final Id ONE = new Id("evidence-one");
  private static final Id TWO = new Id("evidence-two");
  private static final Id CASE = new Id("case-one");

  @Parameter TestDatabase.Engine engine;
  @TempDir Path folder;
  private TestDatabase data;
  private Database database;
  private CustodyLog first;
  private CustodyLog second;

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(engine, folder);
    database = data.open();
    first = log(database);
    second = log(engine == TestDatabase.Engine.SQLITE ? database : data.open());
  }

  @AfterEach
  void close() throws IOException {
    data.close();
  }

  @Test
  void append_chainsToWhatTheOtherAppended() throws Exception {
    CustodyEntry a = export(first, ONE);
    CustodyEntry b = export(second, TWO);
    CustodyEntry c = export(second, ONE);
    CustodyEntry d = export(first, null);

    assertThat(b.prev()).isEqualTo(a.hash());
    assertThat(c.prevOfEvidence()).isEqualTo(a.hash());
    assertThat(d.sequence()).isEqualTo(3);
    assertThat(first.entries(ONE)).containsExactly(a, c);
    assertThat(first.size()).isEqualTo(4);
    assertThat(first.contains(d)).isTrue();
  }

  @Test
  void manyThreadsOfBoth_oneChain() throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(6);
    try {
      List<Future<CustodyEntry>> entries = new ArrayList<>();
      for (int i = 0; i < 120; i++) {
        CustodyLog log = i % 2 == 0 ? first : second;
        Id id = i % 3 == 0 ? ONE : TWO;
        entries.add(workers.submit(() -> export(log, id)));
      }
      for (Future<CustodyEntry> entry : entries) {
        entry.get();
      }
    } finally {
      workers.shutdownNow();
    }
    ChainCheck chain = new ChainCheck(null);
    List<LogLine> lines = second.lines(0, 1000);
    assertThat(lines).hasSize(120);
    for (LogLine line : lines) {
      assertThat(chain.next(line.bytes()).problem()).isNull();
    }
  }

  @Test
  void keptAndPurged_areKnownToTheOther() throws Exception {
    first.append(CustodyAction.SEALED, ONE, "collector", Map.of("record", "ab"));
    assertThat(second.isKept(ONE)).isTrue();
    assertThat(second.kept()).containsExactly(ONE);

    second.append(CustodyAction.PURGED, ONE, "token admin", Map.of("reason", "old"));
    assertThat(first.purged(ONE)).isTrue();
    assertThat(first.isKept(ONE)).isFalse();
    assertThat(first.purge(ONE)).isNotNull();

    first.append(CustodyAction.SEALED, ONE, "collector", Map.of("record", "cd"));
    assertThat(second.purged(ONE)).isFalse();
  }

  @Test
  void holds_areKnownToTheOther() throws Exception {
    first.append(CustodyAction.HELD, ONE, "token a", Map.of("reason", "why"));
    first.append(CustodyAction.HELD, null, "token a", Map.of("case", CASE.value()));
    first.append(CustodyAction.HELD, TWO, "token a", Map.of("case", CASE.value()));

    assertThat(second.holds().size()).isEqualTo(2);
    assertThat(second.holds().of(ONE)).extracting(HoldChange::reason).containsExactly("why");
    assertThat(second.holds().heldBy(CASE)).containsExactly(TWO);
    assertThat(second.holds().cases()).extracting(HoldChange::ofCase).containsExactly(CASE);
    assertThat(second.holds().heldAfter(null, 1)).containsExactly(ONE);
    assertThat(second.holds().heldAfter(ONE.value(), 9)).containsExactly(TWO);

    second.append(CustodyAction.RELEASED, ONE, "token b", Map.of());
    assertThat(first.holds().of(ONE)).isEmpty();
  }

  @Test
  void decision_excludesTheOther() throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(2);
    try {
      for (int round = 0; round < 20; round++) {
        Id evidence = new Id("evidence-" + round);
        Future<?> hold =
            workers.submit(
                () ->
                    first.append(
                        () ->
                            first.purged(evidence)
                                ? List.of()
                                : List.of(draft(CustodyAction.HELD, evidence))));
        Future<?> purge =
            workers.submit(
                () ->
                    second.append(
                        () ->
                            second.holds().of(evidence).isEmpty()
                                ? List.of(draft(CustodyAction.PURGED, evidence))
                                : List.of()));
        hold.get();
        purge.get();
        assertThat(first.entries(evidence)).hasSize(1);
      }
    } finally {
      workers.shutdownNow();
    }
  }

  @Test
  void failedTransaction_leavesNoEntry() throws Exception {
    List<CustodyEntry> appended = new ArrayList<>();
    assertThatThrownBy(
            () ->
                database.inTransactionOnce(
                    () -> {
                      appended.add(export(first, ONE));
                      throw new IOException("the change failed");
                    }))
        .hasMessageContaining("the change failed");

    assertThat(first.size()).isZero();
    assertThat(first.contains(appended.get(0))).isFalse();
    assertThat(export(second, ONE).sequence()).isZero();
  }

  @Test
  void doubts_areShared_andAcknowledgedOnce() throws Exception {
    first.doubt("something is odd");
    assertThat(second.doubts()).containsExactly("something is odd");

    second.acknowledge("token admin", "looked into");
    assertThat(first.doubts()).isEmpty();
    first.acknowledge("token admin", "again");
    assertThat(first.size()).isEqualTo(1);
  }

  @Test
  void shared_readsWhatALedgerLacks() throws Exception {
    first.append(CustodyAction.ENROLLED, null, "agent agent-one", Map.of("n", "0"));
    export(first, ONE);
    first.append(CustodyAction.ENROLLED, null, "agent agent-two", Map.of("n", "2"));

    List<Long> read = new ArrayList<>();
    CustodyLog third =
        CustodyLog.shared(
            database,
            InstantSource.system(),
            CustodyAction.ENROLLED,
            0,
            entry -> read.add(entry.sequence()));

    assertThat(read).containsExactly(2L);
    assertThat(third.lastTimeFound()).isNotNull();
  }

  private static CustodyLog.Draft draft(CustodyAction action, Id evidence) {
    return new CustodyLog.Draft(action, evidence, "token admin", Map.of("reason", "r"));
  }

  private static CustodyLog log(Database database) throws IOException {
    return CustodyLog.shared(
        database, InstantSource.system(), CustodyAction.ENROLLED, -1, entry -> {});
  }

  private static CustodyEntry export(CustodyLog log, Id evidence) throws IOException {
    return log.append(CustodyAction.EXPORTED, evidence, "token viewer-1", Map.of("what", "bag"));
  }
}
