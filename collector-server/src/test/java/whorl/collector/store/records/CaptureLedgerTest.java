package whorl.collector.store.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.SqliteDatabase;
import whorl.evidence.Id;
import whorl.evidence.channel.CaptureState;

class CaptureLedgerTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Id AGENT = new Id("agent-00000001");

  @TempDir Path folder;

  /** Anyone with an agent token can begin captures and let them fail, in any number. */
  @Test
  void forget_removesFailedCapturesOfAgentsFirst() throws IOException {
    try (Database database = SqliteDatabase.open(folder.resolve("catalog.db"))) {
      CaptureLedger ledger = new CaptureLedger(database);
      CaptureRecord sealed =
          begun("sealed-1").sealed(CaptureState.SEALED, new Id("evidence-0001"), NOW, null);
      CaptureRecord running = begun("running-1").advanced(CaptureState.RUNNING, null, 0, 0);
      ledger.insert(List.of(sealed, running), null, NOW);
      for (int i = 0; i < 30; i++) {
        ledger.insert(
            List.of(begun("failed-" + i).ended(CaptureState.FAILED, "no reason")), null, NOW);
      }

      assertThat(ledger.forget(10, NOW)).isEqualTo(22);

      assertThat(ledger.find(sealed.id())).isNotNull();
      assertThat(ledger.find(running.id())).isNotNull();
      assertThat(ledger.find(new Id("failed-0"))).isNull();
      assertThat(ledger.find(new Id("failed-29"))).isNotNull();
      assertThat(ledger.forget(1, NOW)).isEqualTo(9);
      assertThat(ledger.find(running.id())).as("it has not ended").isNotNull();
    }
  }

  private static CaptureRecord begun(String id) {
    return CaptureRecord.begun(new Id(id), AGENT, "shop", "a reason", null, NOW);
  }
}
