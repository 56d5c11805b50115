package whorl.collector.store.records;

import java.io.IOException;
import whorl.collector.store.database.Database;

/**
 * The number of rows of a bounded table, and their bytes. It is a row of the database, changed in
 * the same transaction as what it counts: as the last statement, so that other collectors wait for
 * it only during the commit.
 */
record UsageTotal(Database database, String name) {
  /** Adds to the totals; negative numbers subtract. */
  int add(long items, long bytes) throws IOException {
    return items == 0 && bytes == 0
        ? 0
        : database.update(
            "UPDATE usage_totals SET items = items + ?, bytes = bytes + ? WHERE name = ?",
            items,
            bytes,
            name);
  }

  long items() throws IOException {
    return read("items");
  }

  long bytes() throws IOException {
    return read("bytes");
  }

  private long read(String column) throws IOException {
    return database
        .query(
            "SELECT " + column + " FROM usage_totals WHERE name = ?", row -> row.getLong(1), name)
        .get(0);
  }
}
