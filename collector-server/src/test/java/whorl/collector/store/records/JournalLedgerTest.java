package whorl.collector.store.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.store.access.Scope;
import whorl.collector.store.database.Database;
import whorl.collector.store.records.JournalLedger.Entry;
import whorl.collector.store.records.JournalLedger.Limits;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.Id;

@ParameterizedClass
@EnumSource
class JournalLedgerTest {
  @Parameter TestDatabase.Engine engine;
  private static final Id ONE = new Id("agent-one");
  private static final Id TWO = new Id("agent-two");

  @TempDir Path folder;
  private TestDatabase data;
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-02T03:04:05Z"));

  @BeforeEach
  void create() throws IOException {
    data = TestDatabase.create(engine, folder);
  }

  @AfterEach
  void drop() throws IOException {
    data.close();
  }

  @Test
  void flood_keepsTheEarliest_theNewest_andOtherAgentsEvents() throws IOException {
    try (Database database = data.open()) {
      JournalLedger ledger = ledger(database, new Limits(20, 1 << 20, 1 << 20));
      ledger.append(entries(TWO, 0, 3, 10));
      ledger.append(entries(ONE, 0, 5, 10));

      assertThat(ledger.append(entries(ONE, 100, 12_100, 1))).isEmpty();

      List<Long> sequences = ledger.after(ONE, -1, 100).stream().map(Entry::sequence).toList();
      assertThat(sequences).startsWith(0L, 1L, 2L, 3L, 4L, 100L).endsWith(12_098L, 12_099L);
      assertThat(sequences).hasSize(20);
      assertThat(ledger.after(TWO, -1, 100)).hasSize(3);
      assertThat(ledger.evicted()).isEqualTo(12_005 - 20);
      assertThat(ledger.refused()).isZero();
    }
  }

  @Test
  void search_findsTheNewestEventsThatContainTheText() throws IOException {
    try (Database database = data.open()) {
      JournalLedger ledger = ledger(database, Limits.DEFAULT);
      ledger.append(
          List.of(
              new Entry(ONE, 1, "{\"fields\":{\"host\":\"Evil.example\"}}"),
              new Entry(TWO, 1, "{\"fields\":{\"host\":\"good.example\"}}"),
              new Entry(TWO, 2, "{\"fields\":{\"host\":\"evil.example\"}}")));

      assertThat(ledger.search(Scope.EVERYTHING, "evil.EXAMPLE", 100, 10))
          .extracting(entry -> entry.agent().value() + " " + entry.sequence())
          .containsExactly("agent-two 2", "agent-one 1");
      assertThat(ledger.search(Scope.EVERYTHING, "evil.example", 100, 1)).hasSize(1);
      assertThat(ledger.search(Scope.EVERYTHING, "evil.example", 2, 10)).hasSize(1);
      assertThat(ledger.search(new Scope(List.of()), "evil.example", 100, 10)).isEmpty();
    }
  }

  /** An agent's events are not counted again for each new event; that would take a minute. */
  @Test
  void laterEventsOfOneAgent_takeNoLongerThanItsFirst() throws IOException {
    try (Database database = data.open()) {
      JournalLedger ledger = ledger(database, Limits.DEFAULT);
      ledger.append(entries(TWO, 0, 1_000, 300)); // warms up

      long first = nanosToAppend(ledger, 0, 2_500);
      nanosToAppend(ledger, 2_500, 10_000);
      long last = nanosToAppend(ledger, 10_000, 12_500);

      assertThat(last).isLessThan(4 * first);
      assertThat(ledger.newest(ONE, 1)).extracting(Entry::sequence).containsExactly(12_499L);
    }
  }

  private static long nanosToAppend(JournalLedger ledger, int from, int to) throws IOException {
    long begun = System.nanoTime();
    for (int next = from; next < to; next += 500) {
      assertThat(ledger.append(entries(ONE, next, next + 500, 300))).isEmpty();
    }
    return System.nanoTime() - begun;
  }

  @Test
  void earliestEvents_surviveARecount() throws IOException {
    try (Database database = data.open()) {
      JournalLedger ledger = ledger(database, new Limits(20, 1 << 20, 1 << 20));
      ledger.append(entries(ONE, 0, 6, 10));
      now.updateAndGet(time -> time.plus(Duration.ofMinutes(11)));
      ledger.append(entries(ONE, 100, 200, 10));

      List<Long> sequences = ledger.after(ONE, -1, 100).stream().map(Entry::sequence).toList();
      assertThat(sequences)
          .startsWith(0L, 1L, 2L, 3L, 4L, 5L, 100L, 101L, 102L, 103L)
          .endsWith(199L)
          .hasSize(20);
    }
  }

  @Test
  void earliestEvents_areEvictedAfterADay_andTheNextDayHasItsOwn() throws IOException {
    try (Database database = data.open()) {
      JournalLedger ledger = ledger(database, new Limits(20, 1 << 20, 1 << 20));
      ledger.append(entries(ONE, 0, 100, 10));
      now.updateAndGet(time -> time.plus(JournalLedger.PROTECTED).plusMillis(1));

      ledger.append(entries(ONE, 100, 200, 10));

      List<Long> sequences = ledger.after(ONE, -1, 100).stream().map(Entry::sequence).toList();
      assertThat(sequences).startsWith(100L, 101L).endsWith(199L).hasSize(20);
    }
  }

  @Test
  void bytesPerAgentAndInTotal_areBounded_andCountedAgainAtOpening() throws IOException {
    long bytes;
    try (Database database = data.open()) {
      JournalLedger ledger = ledger(database, new Limits(5_000, 100_000, 150_000));
      ledger.append(entries(ONE, 0, 1_200, 100));
      ledger.append(entries(TWO, 0, 1_000, 100));

      assertThat(ledger.after(ONE, -1, 5_000)).as("the earliest").hasSizeGreaterThan(499);
      assertThat(ledger.after(TWO, -1, 5_000)).as("the earliest").hasSizeGreaterThan(499);
      bytes = ledger.bytes();
      assertThat(bytes).isLessThanOrEqualTo(150_000);
    }
    try (Database database = data.open()) {
      assertThat(ledger(database, Limits.DEFAULT).bytes()).isEqualTo(bytes);
    }
  }

  @Test
  void sameSequenceTwice_isKeptOnce() throws IOException {
    try (Database database = data.open()) {
      JournalLedger ledger = ledger(database, Limits.DEFAULT);
      ledger.append(entries(ONE, 0, 3, 10));
      ledger.append(entries(ONE, 2, 5, 10));
      assertThat(ledger.after(ONE, -1, 100)).hasSize(5);
      assertThat(ledger.bytes()).isEqualTo(50);
    }
  }

  private JournalLedger ledger(Database database, Limits limits) throws IOException {
    return new JournalLedger(database, limits, now::get);
  }

  private static List<Entry> entries(Id agent, int from, int to, int length) {
    List<Entry> entries = new ArrayList<>();
    for (int i = from; i < to; i++) {
      entries.add(new Entry(agent, i, "x".repeat(length)));
    }
    return entries;
  }
}
