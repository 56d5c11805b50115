package whorl.collector.store.database;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Leases of names, such as that of a task which one collector at a time may do. A lease ends by
 * itself, by the database's clock, so the clocks of the collectors do not matter. Thread-safe.
 *
 * <p>A holder that stands still may not notice that its lease has ended. So each lease has a
 * fencing number, which is higher for each later lease of the same name: what the holder writes can
 * be refused if a later one has written ({@link #holds} in the writing transaction, or a condition
 * on the number).
 */
public final class Leases {
  /** For how long the fencing number of an unused name is remembered. */
  private static final Duration REMEMBERED = Duration.ofDays(7);

  private final Database database;
  private final String holder;

  /**
   * @param holder the name of this process; no two that run at the same time may have the same
   */
  public Leases(Database database, String holder) {
    this.database = database;
    this.holder = holder;
  }

  /**
   * A lease.
   *
   * @param fencing grows with each lease of the name
   */
  public record Lease(String name, String holder, long fencing) {}

  /** Takes the lease; empty while it is held, also if this process holds it. */
  public Optional<Lease> take(String name, Duration length) throws IOException {
    String now = database.nowMillis();
    // A new row begins with the time, so that its number is above those of a row that was deleted.
    List<Lease> taken =
        database.query(
            "INSERT INTO leases (name, holder, fencing, until_millis) VALUES (?, ?, "
                + now
                + ", "
                + now
                + " + ?) ON CONFLICT (name) DO UPDATE SET holder = excluded.holder,"
                + " fencing = CASE WHEN excluded.fencing > leases.fencing THEN excluded.fencing"
                + " ELSE leases.fencing + 1 END, until_millis = excluded.until_millis"
                + " WHERE leases.until_millis <= "
                + now
                + " RETURNING fencing",
            row -> new Lease(name, holder, row.getLong(1)),
            name,
            holder,
            length.toMillis());
    return taken.stream().findFirst();
  }

  /**
   * Extends the lease to this length from now. A lease that has ended, but that nobody took since,
   * goes on.
   *
   * @return false if it was taken by another
   */
  public boolean renew(Lease lease, Duration length) throws IOException {
    return database.update(
            "UPDATE leases SET until_millis = "
                + database.nowMillis()
                + " + ? WHERE name = ? AND holder = ? AND fencing = ?",
            length.toMillis(),
            lease.name(),
            lease.holder(),
            lease.fencing())
        > 0;
  }

  /** Ends the lease, so that another can take the name at once; does nothing if it is lost. */
  public void release(Lease lease) throws IOException {
    database.update(
        "UPDATE leases SET until_millis = 0 WHERE name = ? AND holder = ? AND fencing = ?",
        lease.name(),
        lease.holder(),
        lease.fencing());
  }

  /**
   * True if the lease has not ended. Inside a transaction nobody else can take it until the end of
   * the transaction.
   */
  public boolean holds(Lease lease) throws IOException {
    return !database
        .query(
            "SELECT 1 FROM leases WHERE name = ? AND holder = ? AND fencing = ?"
                + " AND until_millis > "
                + database.nowMillis()
                + database.forUpdate(),
            row -> row.getInt(1),
            lease.name(),
            lease.holder(),
            lease.fencing())
        .isEmpty();
  }

  /** Who holds the name now; empty if nobody does. */
  public Optional<Lease> current(String name) throws IOException {
    return database
        .query(
            "SELECT holder, fencing FROM leases WHERE name = ? AND until_millis > "
                + database.nowMillis(),
            row -> new Lease(name, row.getString(1), row.getLong(2)),
            name)
        .stream()
        .findFirst();
  }

  /**
   * Deletes the rows of names that were not leased for a week.
   *
   * @return how many
   */
  public int forget() throws IOException {
    return database.update(
        "DELETE FROM leases WHERE until_millis < " + database.nowMillis() + " - ?",
        REMEMBERED.toMillis());
  }

  /**
   * Keeps trying to take the lease and to renew it, on a daemon thread, until the result is closed.
   *
   * @param length a crashed holder blocks the name for so long
   */
  public KeptLease keep(String name, Duration length, KeptLease.Listener listener) {
    return new KeptLease(this, name, length, listener);
  }
}
