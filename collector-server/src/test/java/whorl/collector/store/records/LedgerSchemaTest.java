package whorl.collector.store.records;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.SqliteDatabase;

class LedgerSchemaTest {
  @TempDir Path folder;

  @Test
  void ledgerOfANewerVersion_isRefusedByName() throws IOException {
    try (Database database = SqliteDatabase.open(folder.resolve("catalog.db"))) {
      new AgentLedger(database);
      new AgentLedger(database);
      database.update("UPDATE ledger_versions SET version = 9 WHERE ledger = 'agents'");
      assertThatThrownBy(() -> new AgentLedger(database))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("ledger agents has version 9");
    }
  }
}
