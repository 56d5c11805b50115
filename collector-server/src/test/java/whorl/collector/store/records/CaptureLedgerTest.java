package whorl.collector.store.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.store.database.Database;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.Id;
import whorl.evidence.channel.CaptureState;

@ParameterizedClass
@EnumSource
class CaptureLedgerTest {
  @Parameter TestDatabase.Engine engine;
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Id AGENT = new Id("agent-00000001");

  @TempDir Path folder;
  private TestDatabase data;

  @BeforeEach
  void create() throws IOException {
    data = TestDatabase.create(engine, folder);
  }

  @AfterEach
  void drop() throws IOException {
    data.close();
  }

  /** Anyone with an agent token can begin captures and let them fail, in any number. */
  @Test
  void forget_removesFailedCapturesOfAgentsFirst() throws IOException {
    try (Database database = data.open()) {
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
