package whorl.collector.store.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.collector.store.access.Scope;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.PostgresDatabase;
import whorl.collector.store.objects.EvidenceStoreContract;
import whorl.collector.store.records.IndicatorLedger.Origin;
import whorl.collector.store.records.JournalLedger.Entry;
import whorl.collector.store.records.JournalLedger.Limits;
import whorl.collector.store.rules.RuleLedger;
import whorl.collector.store.rules.RuleSetRecord;
import whorl.collector.testkit.TestPostgres;
import whorl.evidence.Alert;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Level;

/** Two collectors, each with threads of its own, use the ledgers of one database. */
class TwoCollectorsTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
  private static final int THREADS = 6;

  private final ExecutorService threads = Executors.newFixedThreadPool(2 * THREADS + 1);
  private TestPostgres postgres;
  private Database one;
  private Database two;

  @BeforeEach
  void open() throws IOException {
    postgres = TestPostgres.create();
    one = PostgresDatabase.open(postgres.address());
    two = PostgresDatabase.open(postgres.address());
  }

  @AfterEach
  void close() throws IOException {
    threads.shutdownNow();
    one.close();
    two.close();
    postgres.close();
  }

  /** Runs work on all threads of both collectors; the argument is the thread's number. */
  private <T> List<T> onAll(Work<T> work) throws Exception {
    List<Future<T>> running = new ArrayList<>();
    for (int i = 0; i < 2 * THREADS; i++) {
      int number = i;
      Callable<T> call = () -> work.run(number % 2 == 0 ? one : two, number);
      running.add(threads.submit(call));
    }
    List<T> results = new ArrayList<>();
    for (Future<T> each : running) {
      results.add(each.get(60, TimeUnit.SECONDS));
    }
    return results;
  }

  private interface Work<T> {
    T run(Database database, int number) throws Exception;
  }

  @Test
  void alertsOfBoth_shareOneRoom_andAReaderMissesNone() throws Exception {
    AtomicBoolean writing = new AtomicBoolean(true);
    AlertLedger reading = new AlertLedger(two, 100, 1 << 30);
    Future<List<Id>> reader =
        threads.submit(
            () -> {
              List<Id> seen = new ArrayList<>();
              long after = 0;
              boolean last = false;
              while (!last) {
                last = !writing.get();
                Page<AlertRecord> page = reading.after(after, 1_000);
                page.items().forEach(each -> seen.add(each.alert().id()));
                after = page.next() == null ? after : page.next();
              }
              return seen;
            });

    List<Integer> stored =
        onAll(
            (database, number) -> {
              AlertLedger ledger = new AlertLedger(database, 100, 1 << 30);
              int count = 0;
              for (int i = 0; i < 15; i++) {
                String source = number % 3 == 0 ? "whorl" : "falco";
                AlertRecord alert = alert("alert-" + number + "-" + i + "xxxx", source);
                if (ledger.insert(alert, List.of()) == AlertLedger.Inserted.NEW) {
                  count++;
                }
              }
              return count;
            });
    writing.set(false);

    int total = stored.stream().mapToInt(Integer::intValue).sum();
    assertThat(total).as("half of the room is for those from outside").isBetween(50, 100);
    List<Id> seen = reader.get(60, TimeUnit.SECONDS);
    assertThat(seen).hasSize(total).doesNotHaveDuplicates();
    assertThat(AlertUsage.read(one)).isEqualTo(counted());
    assertThat(AlertUsage.read(one).outsideAlerts()).isLessThanOrEqualTo(50);
  }

  private AlertUsage counted() throws IOException {
    return one.query(
            "SELECT count(*) FILTER (WHERE outside = 0),"
                + " coalesce(sum(bytes) FILTER (WHERE outside = 0), 0),"
                + " count(*) FILTER (WHERE outside = 1),"
                + " coalesce(sum(bytes) FILTER (WHERE outside = 1), 0) FROM alerts",
            row -> new AlertUsage(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)))
        .get(0);
  }

  @Test
  void sameAlert_isNewOnce_andChangesOfBothAreKept() throws Exception {
    List<AlertLedger.Inserted> results =
        onAll(
            (database, number) ->
                new AlertLedger(database).insert(alert("alert-0001", "whorl"), List.of()));
    assertThat(Collections.frequency(results, AlertLedger.Inserted.NEW)).isEqualTo(1);

    onAll(
        (database, number) -> {
          new AlertLedger(database)
              .change(
                  new Id("alert-0001"),
                  alert -> alert.captured(List.of(new Id("capture-" + number))));
          return number;
        });

    AlertRecord changed = new AlertLedger(one).find(new Id("alert-0001"));
    assertThat(changed).isNotNull();
    assertThat(changed.captures()).hasSize(2 * THREADS);
    assertThat(AlertUsage.read(one)).isEqualTo(counted());
  }

  @Test
  void journalsOfBoth_areBoundedTogether_andTheirTotalsAreRight() throws Exception {
    Limits limits = new Limits(200, 1 << 20, 8_000);
    onAll(
        (database, number) -> {
          JournalLedger ledger = new JournalLedger(database, limits, () -> NOW);
          for (int i = 0; i < 12; i++) {
            List<Entry> entries = new ArrayList<>();
            for (int j = 0; j < 10; j++) {
              // all agents, in another order on each thread
              Id agent = new Id("agent-00" + (number + j) % 8);
              entries.add(new Entry(agent, number * 1_000L + i * 10 + j, "x".repeat(10)));
            }
            ledger.append(entries);
          }
          return number;
        });

    long bytes = one.query("SELECT sum(bytes) FROM journal", row -> row.getLong(1)).get(0);
    assertThat(new JournalLedger(one, limits, () -> NOW).bytes()).isEqualTo(bytes);
    assertThat(bytes).isBetween(4_000L, 8_000L + 2 * THREADS * 100L);
    assertThat(
            one.query(
                "SELECT u.agent FROM journal_usage u LEFT JOIN (SELECT agent, count(*) AS n,"
                    + " sum(bytes) AS b FROM journal GROUP BY agent) AS j ON j.agent = u.agent"
                    + " WHERE u.events <> coalesce(j.n, 0) OR u.bytes <> coalesce(j.b, 0)",
                row -> row.getString(1)))
        .isEmpty();
  }

  @Test
  void indicatorsOfBoth_areCountedOnce() throws Exception {
    onAll(
        (database, number) -> {
          IndicatorLedger ledger = new IndicatorLedger(database, 40);
          for (int i = 0; i < 6; i++) {
            Id evidence = new Id("evidence-" + (number + i) % 4);
            Origin origin = new Origin(evidence, null, null, "shop", null);
            List<Indicator> values = new ArrayList<>();
            for (int j = 0; j < 12; j++) {
              values.add(
                  new Indicator(IndicatorKind.HOST, "host-" + j + "-" + number % 2, NOW, NOW, 1));
            }
            ledger.replace(origin, values);
            if (i == 4) {
              ledger.forget(evidence);
            }
          }
          ledger.alerts(List.of(), number);
          return number;
        });

    IndicatorLedger ledger = new IndicatorLedger(one, 40);
    assertThat(ledger.count())
        .isEqualTo(one.query("SELECT count(*) FROM indicators", row -> row.getLong(1)).get(0))
        .isLessThanOrEqualTo(40);
    assertThat(ledger.alertsReadUpTo()).isEqualTo(2 * THREADS - 1);
  }

  @Test
  void sameRequestAtBoth_isTakenOnce() throws Exception {
    CaptureLedger.OnceKey once = new CaptureLedger.OnceKey("me key", Digest.of("body".getBytes()));
    List<CaptureLedger.@Nullable Remembered> answers =
        onAll(
            (database, number) ->
                new CaptureLedger(database)
                    .insert(List.of(capture("capture-" + number + "x")), once, NOW));

    assertThat(Collections.frequency(answers, null)).isEqualTo(1);
    CaptureLedger ledger = new CaptureLedger(one);
    CaptureLedger.Remembered remembered = ledger.remembered("me key");
    assertThat(remembered).isNotNull();
    assertThat(answers).filteredOn(each -> each != null).containsOnly(remembered);
    assertThat(ledger.open()).extracting(CaptureRecord::id).isEqualTo(remembered.captures());
  }

  @Test
  void sameCaptureBegunAtBoth_isThereOnce() throws Exception {
    onAll(
        (database, number) ->
            new CaptureLedger(database).insert(List.of(capture("capture-1")), null, NOW) == null);
    assertThat(new CaptureLedger(one).open()).hasSize(1);
  }

  @Test
  void pushesOfBoth_getVersionsOfTheirOwn() throws Exception {
    List<Integer> versions =
        onAll((database, number) -> new RuleLedger(database).reserveVersion("a"));
    assertThat(versions).doesNotHaveDuplicates();
  }

  @Test
  void keysOfOneAgentAtBoth_theFirstInCustodyWins() throws Exception {
    Id agent = new Id("agent-001");
    onAll(
        (database, number) -> {
          new EnrolmentLedger(database)
              .add(
                  List.of(
                      new EnrolmentLedger.Enrolment(
                          agent, EvidenceStoreContract.digest("key " + number), number, NOW)));
          return number;
        });
    assertThat(new EnrolmentLedger(one).keyId(agent))
        .isEqualTo(EvidenceStoreContract.digest("key 0"));
  }

  @Test
  void agentsSavedByBoth_inAnyOrder_keepTheirLatestState() throws Exception {
    onAll(
        (database, number) -> {
          List<AgentRecord> agents = new ArrayList<>();
          for (int i = 0; i < 20; i++) {
            agents.add(
                AgentLedgerTest.agent("agent-" + (100 + i), "shop", null, NOW.plusSeconds(number)));
          }
          Collections.shuffle(agents);
          new AgentLedger(database).save(agents);
          return number;
        });
    assertThat(new AgentLedger(one).services(Scope.EVERYTHING, 9))
        .containsExactly(
            new AgentLedger.ServiceCount("shop", null, 20, NOW.plusSeconds(2 * THREADS - 1)));
    assertThat(
            new AgentLedger(one)
                .page(Scope.EVERYTHING, new AgentLedger.Filter(null, null, null), "", 99))
        .allMatch(each -> each.lastSeen().equals(NOW.plusSeconds(2 * THREADS - 1)));
  }

  private static CaptureRecord capture(String id) {
    return CaptureRecord.begun(new Id(id), new Id("agent-001"), "shop", "a reason", null, NOW);
  }

  private static RuleSetRecord rules(String name, int version, int number) {
    return new RuleSetRecord(
        name,
        version,
        null,
        null,
        Map.of(),
        "yaml " + number,
        Digest.of(new byte[0]),
        1,
        NOW,
        "me");
  }

  private static AlertRecord alert(String id, String source) {
    return new AlertRecord(
        new Alert(
            new Id(id),
            source,
            NOW,
            "rule",
            Level.HIGH,
            "title",
            null,
            List.of(),
            Map.of(),
            null,
            List.of()),
        null,
        "shop",
        null,
        null,
        NOW,
        List.of(),
        null,
        0,
        null);
  }
}
