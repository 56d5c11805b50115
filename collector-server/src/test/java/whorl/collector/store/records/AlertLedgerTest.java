package whorl.collector.store.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.store.access.Scope;
import whorl.collector.store.database.Database;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.Alert;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Level;

@ParameterizedClass
@EnumSource
class AlertLedgerTest {
  @Parameter TestDatabase.Engine engine;
  private static final Instant NOW = Instant.parse("2026-11-29T08:00:00Z");
  private static final int ROOM_BYTES = 24 << 10;

  private TestDatabase data;
  private Database database;
  private AlertLedger ledger;

  @BeforeEach
  void open(@TempDir Path folder) throws IOException {
    data = TestDatabase.create(engine, folder);
    database = data.open();
    ledger = new AlertLedger(database, 1_000, ROOM_BYTES);
  }

  @AfterEach
  void close() throws IOException {
    data.close();
  }

  @Test
  void longerJournal_countsOnce_howeverOftenItIsCompleted() throws IOException {
    AlertRecord alert = alert("alert-first", "whorl");
    ledger.insert(alert, journal(1));
    for (int i = 0; i < 20; i++) {
      ledger.complete(alert.alert().id(), journal(8));
    }

    assertThat(ledger.journal(alert.alert().id())).hasSize(8);
    assertThat(ledger.insert(alert("alert-other", "whorl"), journal(8)))
        .isEqualTo(AlertLedger.Inserted.NEW);
  }

  @Test
  void longerJournal_ofAnAlertFromOutside_takesTheRoomOfThose() throws IOException {
    AlertRecord alert = alert("alert-falco", "falco");
    ledger.insert(alert, journal(1));
    ledger.complete(alert.alert().id(), journal(10));

    assertThat(ledger.insert(alert("alert-more", "falco"), journal(4)))
        .as("half of the room is for these")
        .isEqualTo(AlertLedger.Inserted.NO_ROOM);
    assertThat(ledger.insert(alert("alert-own", "whorl"), journal(4)))
        .isEqualTo(AlertLedger.Inserted.NEW);
  }

  @Test
  void journal_ofAnUnknownAlert_takesNoRoom() throws IOException {
    for (int i = 0; i < 20; i++) {
      ledger.complete(new Id("alert-unknown"), journal(8));
    }

    assertThat(ledger.insert(alert("alert-known", "whorl"), journal(8)))
        .isEqualTo(AlertLedger.Inserted.NEW);
  }

  /** A page is in memory as a whole; its position leads on. */
  @Test
  void longAlerts_makeShorterPages() throws IOException {
    AlertLedger roomy = new AlertLedger(database);
    for (int i = 0; i < 130; i++) {
      roomy.insert(alert("alert-" + (1000 + i), "whorl"), List.of());
    }
    AlertLedger.Filter any = new AlertLedger.Filter(null, null, null, null);
    assertThat(roomy.page(Scope.EVERYTHING, any, null, 1_000).items()).hasSize(130);
    database.update("UPDATE alerts SET bytes = ?", 600_000);

    Page<AlertRecord> first = roomy.page(Scope.EVERYTHING, any, null, 1_000);
    Page<AlertRecord> second = roomy.page(Scope.EVERYTHING, any, first.next(), 1_000);

    assertThat(first.items()).hasSize((64 << 20) / 600_000);
    assertThat(second.items()).hasSize(130 - first.items().size());
    assertThat(second.next()).isNull();
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
        null,
        null,
        null);
  }

  /** Events of a KiB each. */
  private static List<EventLine> journal(int events) {
    EventLine event =
        new EventLine(
            0, NOW, "whorl.FileOpen", Map.of("path", "/" + "x".repeat(900)), null, List.of());
    return List.copyOf(java.util.Collections.nCopies(events, event));
  }
}
