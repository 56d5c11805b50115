package whorl.collector.store.access;

import java.io.IOException;
import java.time.Duration;
import whorl.collector.store.database.Database;
import whorl.collector.store.limits.LedgerTime;
import whorl.evidence.Digest;

/** What may be used once, at all collectors together, until it ends by itself. Thread-safe. */
public final class UsedOnceLedger {
  private final Database database;
  private final LedgerTime time;

  public UsedOnceLedger(Database database, LedgerTime time) {
    this.database = database;
    this.time = time;
  }

  /**
   * Marks it as used.
   *
   * @param lives after this time it cannot be used anyway, so that it may be forgotten
   * @return false if it was used before
   */
  public boolean use(Digest what, Duration lives) throws IOException {
    return database.update(
            "INSERT INTO used_once (digest, ends_millis) VALUES (?, "
                + time.nowMillis()
                + " + ?) ON CONFLICT (digest) DO NOTHING",
            what.hex(),
            lives.toMillis())
        == 1;
  }

  /** True if it was used before. */
  public boolean isUsed(Digest what) throws IOException {
    return !database
        .query("SELECT 1 FROM used_once WHERE digest = ?", row -> row.getInt(1), what.hex())
        .isEmpty();
  }

  /** Deletes what has ended. */
  public void forget() throws IOException {
    database.update("DELETE FROM used_once WHERE ends_millis <= " + time.nowMillis());
  }
}
