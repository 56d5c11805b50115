package whorl.collector.store.limits;

import java.time.InstantSource;
import whorl.collector.store.database.Database;

/**
 * The clock of a ledger, as SQL. All collectors that share a database use its clock, so a collector
 * whose own clock is wrong changes nothing.
 */
@FunctionalInterface
public interface LedgerTime {
  /** An SQL expression: the time in whole milliseconds since 1970. */
  String nowMillis();

  /** The database's own clock. */
  static LedgerTime of(Database database) {
    return database::nowMillis;
  }

  /** Another clock, for a database that only this process uses. */
  static LedgerTime of(InstantSource clock) {
    return () -> Long.toString(clock.millis());
  }
}
