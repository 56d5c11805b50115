package whorl.collector.store;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;

/**
 * The end of the custody log, kept in a data base apart from it, so that a log that was lost or cut
 * is known at the next start. Thread-safe.
 */
public final class EndLedger {
  private static final int VERSION = 1;

  private final Database database;
  private final String where;
  private @Nullable End written;

  /**
   * @param where the data base's name, for messages
   */
  public EndLedger(Database database, String where) throws IOException {
    this.database = database;
    this.where = where;
    LedgerSchema.prepare(
        database,
        "custody-end",
        VERSION,
        "CREATE TABLE IF NOT EXISTS custody_end (id INTEGER PRIMARY KEY CHECK (id = 1),"
            + " sequence INTEGER NOT NULL, hash TEXT NOT NULL)");
  }

  /** The last entry. */
  public record End(long sequence, Digest hash) {}

  /** Which data base it is. */
  public String where() {
    return where;
  }

  /** The end that was written last; null where none ever was. */
  public @Nullable End read() throws IOException {
    List<End> ends =
        database.query(
            "SELECT sequence, hash FROM custody_end",
            row -> new End(row.getLong(1), new Digest(row.getString(2))));
    return ends.isEmpty() ? null : ends.get(0);
  }

  /** Writes it, unless it is what was written last. */
  public synchronized void write(End end) throws IOException {
    if (!end.equals(written)) {
      database.update(
          "INSERT OR REPLACE INTO custody_end (id, sequence, hash) VALUES (1, ?, ?)",
          end.sequence(),
          end.hash().hex());
      written = end;
    }
  }
}
