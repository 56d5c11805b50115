package whorl.collector.store.limits;

import java.io.IOException;
import java.time.Duration;
import whorl.collector.store.database.Database;
import whorl.evidence.Digest;

/** Exports of the last minutes, at all collectors together. Thread-safe. */
public final class ExportLedger {
  private final Database database;

  public ExportLedger(Database database) {
    this.database = database;
  }

  /**
   * Notes an export; call it in the transaction that records it in custody.
   *
   * @param export what makes it the same export again
   * @param length for how long it is the same
   * @return false if it was noted within that time
   */
  public boolean begin(Digest export, Duration length) throws IOException {
    String now = database.nowMillis();
    database.update("DELETE FROM recent_exports WHERE until_millis <= " + now);
    return database.update(
            "INSERT INTO recent_exports (export, until_millis) VALUES (?, "
                + now
                + " + ?) ON CONFLICT (export) DO NOTHING",
            export.hex(),
            length.toMillis())
        > 0;
  }
}
