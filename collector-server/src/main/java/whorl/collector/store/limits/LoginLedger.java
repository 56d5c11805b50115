package whorl.collector.store.limits;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import whorl.collector.store.database.Database;

/**
 * Failed logins by network: a number of attempts at once, and one more in each period after that.
 * Thread-safe.
 */
public final class LoginLedger {
  /** Limit for the remembered networks; beyond it, those that waited longest are forgotten. */
  private static final int MAX_NETWORKS = 4_096;

  private final Database database;
  private final LedgerTime time;
  private final long burst;
  private final long periodMillis;

  /**
   * @param burst attempts at once
   * @param period the time after which one more is possible
   */
  public LoginLedger(Database database, LedgerTime time, int burst, Duration period) {
    this.database = database;
    this.time = time;
    this.burst = burst;
    this.periodMillis = period.toMillis();
  }

  /**
   * Counts a failure.
   *
   * @return how long the network must wait; zero if it was still allowed
   */
  public Duration failed(String network) throws IOException {
    String now = time.nowMillis();
    String restored =
        "(CASE WHEN failed_logins.restored_millis > "
            + now
            + " THEN failed_logins.restored_millis ELSE "
            + now
            + " END)";
    List<Long> counted =
        database.query(
            "INSERT INTO failed_logins (network, restored_millis) VALUES (?, "
                + now
                + " + ?) ON CONFLICT (network) DO UPDATE SET restored_millis = "
                + restored
                + " + ? WHERE "
                + restored
                + " - "
                + now
                + " <= ? RETURNING restored_millis",
            row -> row.getLong(1),
            network,
            periodMillis,
            periodMillis,
            (burst - 1) * periodMillis);
    if (!counted.isEmpty()) {
      return Duration.ZERO;
    }
    List<Long> wait =
        database.query(
            "SELECT restored_millis - " + now + " FROM failed_logins WHERE network = ?",
            row -> row.getLong(1),
            network);
    long millis = wait.isEmpty() ? 0 : wait.get(0) - (burst - 1) * periodMillis;
    return Duration.ofMillis(Math.max(1, millis));
  }

  /**
   * Deletes networks that have all attempts again, and those beyond the limit; returns how many.
   */
  public int forget() throws IOException {
    return database.update("DELETE FROM failed_logins WHERE restored_millis <= " + time.nowMillis())
        + database.update(
            "DELETE FROM failed_logins WHERE network IN (SELECT network FROM failed_logins"
                + " ORDER BY restored_millis DESC LIMIT ? OFFSET ?)",
            1_000_000,
            MAX_NETWORKS);
  }
}
