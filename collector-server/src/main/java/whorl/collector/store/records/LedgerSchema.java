package whorl.collector.store.records;

import java.io.IOException;
import java.util.List;
import whorl.collector.store.database.Database;

/**
 * Creates a ledger's tables and records their version, so that a file of a newer Whorl is refused
 * and not misread.
 */
final class LedgerSchema {
  private LedgerSchema() {}

  /**
   * @param statements the statements of this version; they must be repeatable
   */
  static void prepare(Database database, String ledger, int version, String... statements)
      throws IOException {
    database.update(
        "CREATE TABLE IF NOT EXISTS ledger_versions"
            + " (ledger TEXT PRIMARY KEY, version INTEGER NOT NULL)");
    database.inTransaction(
        () -> {
          List<Integer> known =
              database.query(
                  "SELECT version FROM ledger_versions WHERE ledger = ?",
                  row -> row.getInt(1),
                  ledger);
          if (!known.isEmpty() && known.get(0) > version) {
            throw new IOException(
                "ledger "
                    + ledger
                    + " has version "
                    + known.get(0)
                    + ", this Whorl reads "
                    + version
                    + "; start the newer Whorl, or another data folder");
          }
          for (String statement : statements) {
            database.update(statement);
          }
          return database.update(
              "INSERT OR REPLACE INTO ledger_versions (ledger, version) VALUES (?, ?)",
              ledger,
              version);
        });
  }
}
