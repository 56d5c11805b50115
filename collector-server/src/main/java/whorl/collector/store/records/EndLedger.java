package whorl.collector.store.records;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.evidence.Digest;

/**
 * The end of the custody log, kept in a separate database, so that the next start detects a lost or
 * truncated log. Thread-safe.
 */
public final class EndLedger {

  private final Database database;
  private final String where;
  private volatile @Nullable End written;

  /**
   * @param where the database's name, for messages
   */
  public EndLedger(Database database, String where) {
    this.database = database;
    this.where = where;
  }

  /** The last entry. */
  public record End(long sequence, Digest hash) {}

  /** The database's name. */
  public String where() {
    return where;
  }

  /** The last written end; null if none was ever written. */
  public @Nullable End read() throws IOException {
    List<End> ends =
        database.query(
            "SELECT sequence, hash FROM custody_end",
            row -> new End(row.getLong(1), new Digest(row.getString(2))));
    return ends.isEmpty() ? null : ends.get(0);
  }

  /**
   * Writes the end, unless it equals the last one written. Takes no lock of its own: a thread that
   * has the database may be waiting for one that writes here. If two write at once, the older end
   * may win. The next call corrects that, and an end that the log is beyond raises no doubt.
   */
  public void write(End end) throws IOException {
    if (!end.equals(written)) {
      database.update(
          "INSERT INTO custody_end (id, sequence, hash) VALUES (1, ?, ?)"
              + " ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence,"
              + " hash = excluded.hash",
          end.sequence(),
          end.hash().hex());
      written = end;
    }
  }
}
