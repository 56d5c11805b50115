package whorl.collector.store.access;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import whorl.collector.store.database.Database;
import whorl.collector.store.limits.LedgerTime;
import whorl.evidence.Digest;

/** What each collector read as its tokens file, so that they notice if they differ. Thread-safe. */
public final class TokenFileLedger {
  /** A collector that has not written for this long has ended. */
  public static final Duration LIVES = Duration.ofMinutes(5);

  private final Database database;
  private final LedgerTime time;

  public TokenFileLedger(Database database, LedgerTime time) {
    this.database = database;
    this.time = time;
  }

  /** Writes what this collector has read, and returns the other collectors that read otherwise. */
  public List<String> others(String collector, Digest tokens) throws IOException {
    String now = time.nowMillis();
    database.update(
        "INSERT INTO token_files (collector, sha256, at_millis) VALUES (?, ?, "
            + now
            + ") ON CONFLICT (collector) DO UPDATE SET sha256 = excluded.sha256,"
            + " at_millis = excluded.at_millis",
        collector,
        tokens.hex());
    database.update("DELETE FROM token_files WHERE at_millis <= " + now + " - ?", LIVES.toMillis());
    return database.query(
        "SELECT collector FROM token_files WHERE collector <> ? AND sha256 <> ? ORDER BY collector",
        row -> row.getString(1),
        collector,
        tokens.hex());
  }
}
