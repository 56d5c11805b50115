package whorl.collector.store.limits;

import java.io.IOException;
import whorl.collector.store.database.Database;

/**
 * Locks for what one row cannot protect, such as the number of rows of a table. Each is a row of
 * {@code limit_locks}, locked until the end of the transaction. A transaction that takes one takes
 * it before it changes other rows of the same table, so that no two wait for each other.
 */
public enum LimitLock {
  /** The number of rules under storm control. */
  STORM,
  /** The number of sessions. */
  SESSIONS,
  /** The number of open captures. */
  CAPTURES,
  /** The number of API tokens. */
  API_TOKENS,
  /** The number of running hunts. */
  HUNTS,
  /** The number of running searches over rows. */
  ROW_SEARCHES,
  /** The number of running probes. */
  PROBES;

  /** Waits for the lock; must be called in a transaction. */
  public void take(Database database) throws IOException {
    boolean exists =
        !database
            .query(
                "SELECT name FROM limit_locks WHERE name = ?" + database.forUpdate(),
                row -> row.getString(1),
                name())
            .isEmpty();
    if (!exists) {
      throw new IOException("limit_locks has no row " + name() + "; restore it from a backup");
    }
  }
}
