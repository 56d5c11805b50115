package whorl.collector.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.JournalLedger.Entry;
import whorl.collector.store.JournalLedger.Limits;
import whorl.evidence.Id;

class JournalLedgerTest {
  private static final Id ONE = new Id("agent-one");
  private static final Id TWO = new Id("agent-two");

  @TempDir Path folder;

  @Test
  void tooManyEventsOfOneAgent_evictTheOldest_counted_andNobodyElses() throws IOException {
    try (Database database = Database.open(folder.resolve("journal.db"))) {
      JournalLedger ledger = new JournalLedger(database, new Limits(10, 1 << 20, 1 << 20));
      ledger.append(entries(TWO, 0, 3, 10));
      ledger.append(entries(ONE, 0, 25, 10));

      assertThat(ledger.after(ONE, -1, 100))
          .extracting(Entry::sequence)
          .containsExactly(15L, 16L, 17L, 18L, 19L, 20L, 21L, 22L, 23L, 24L);
      assertThat(ledger.after(TWO, -1, 100)).hasSize(3);
      assertThat(ledger.evicted()).isEqualTo(15);
    }
  }

  @Test
  void tooManyBytesOfOneAgent_evictTheOldest() throws IOException {
    try (Database database = Database.open(folder.resolve("journal.db"))) {
      JournalLedger ledger = new JournalLedger(database, new Limits(1_000, 1_000, 1 << 20));
      ledger.append(entries(ONE, 0, 50, 100));

      List<Entry> kept = ledger.after(ONE, -1, 100);
      assertThat(kept).hasSizeBetween(1, 10);
      assertThat(kept.get(kept.size() - 1).sequence()).isEqualTo(49);
      assertThat(ledger.bytes()).isLessThanOrEqualTo(1_000);
      assertThat(ledger.evicted()).isEqualTo(50 - kept.size());
    }
  }

  @Test
  void tooManyBytesOfAll_evictTheOldestOfAll_andTheCountOutlivesAReopening() throws IOException {
    long bytes;
    try (Database database = Database.open(folder.resolve("journal.db"))) {
      JournalLedger ledger = new JournalLedger(database, new Limits(5_000, 1 << 20, 150_000));
      ledger.append(entries(ONE, 0, 1_200, 100));
      ledger.append(entries(TWO, 0, 1_000, 100));

      assertThat(ledger.after(ONE, -1, 5_000)).hasSize(200);
      assertThat(ledger.after(TWO, -1, 5_000)).hasSize(1_000);
      assertThat(ledger.evicted()).isEqualTo(1_000);
      bytes = ledger.bytes();
    }
    try (Database database = Database.open(folder.resolve("journal.db"))) {
      assertThat(new JournalLedger(database, Limits.DEFAULT).bytes()).isEqualTo(bytes);
    }
  }

  @Test
  void sameSequenceTwice_isKeptOnce() throws IOException {
    try (Database database = Database.open(folder.resolve("journal.db"))) {
      JournalLedger ledger = new JournalLedger(database, Limits.DEFAULT);
      ledger.append(entries(ONE, 0, 3, 10));
      ledger.append(entries(ONE, 2, 5, 10));
      assertThat(ledger.after(ONE, -1, 100)).hasSize(5);
      assertThat(ledger.bytes()).isEqualTo(50);
    }
  }

  private static List<Entry> entries(Id agent, int from, int to, int length) {
    List<Entry> entries = new ArrayList<>();
    for (int i = from; i < to; i++) {
      entries.add(new Entry(agent, i, "x".repeat(length)));
    }
    return entries;
  }
}
