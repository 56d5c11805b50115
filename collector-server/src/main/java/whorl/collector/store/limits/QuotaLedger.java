package whorl.collector.store.limits;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;

/**
 * What each client has used of a quota, in a window of time that begins with its first use. Beyond
 * a number of clients in one window, further clients share one quota. Thread-safe.
 */
public final class QuotaLedger {
  /** Limit for the clients of one quota. */
  public static final int MAX_CLIENTS = 20_000;

  /** The shared key of further clients; no token, address or id is empty. */
  private static final String SHARED = "";

  private final Database database;
  private final LedgerTime time;
  private final int maxClients;

  public QuotaLedger(Database database, LedgerTime time) {
    this(database, time, MAX_CLIENTS);
  }

  /**
   * @param maxClients limit for the clients of one quota
   */
  public QuotaLedger(Database database, LedgerTime time, int maxClients) {
    this.database = database;
    this.time = time;
    this.maxClients = maxClients;
  }

  /**
   * A quota.
   *
   * @param name the same at all collectors
   * @param max units of one client in a window
   */
  public record Terms(String name, long max, Duration window) {}

  /**
   * What a client gets.
   *
   * @param units 0 if it is refused
   * @param left what nobody has taken yet; negative if the first use exceeded the quota
   * @param endsInMillis the rest of the client's window
   */
  public record Grant(long units, long left, long endsInMillis) {}

  private record Used(long startMillis, long used, long nowMillis) {}

  /**
   * Takes between {@code least} and {@code wanted} units, or none. The first use in a window may
   * exceed the quota, because it could never succeed otherwise.
   */
  public Grant take(Terms terms, String client, long least, long wanted) throws IOException {
    return database.inTransaction(
        () -> {
          if (locked(terms.name(), client) != null || insert(terms, client)) {
            return takeFrom(terms, client, least, wanted);
          }
          insert(terms, SHARED);
          return takeFrom(terms, SHARED, least, least);
        });
  }

  /** Deletes the windows that have ended; returns how many. */
  public int forget(Terms terms) throws IOException {
    return database.update(
        "DELETE FROM quotas WHERE name = ? AND start_millis < " + time.nowMillis() + " - ?",
        terms.name(),
        terms.window().toMillis());
  }

  private Grant takeFrom(Terms terms, String client, long least, long wanted) throws IOException {
    Used stored = locked(terms.name(), client);
    if (stored == null) {
      throw new IOException("quota " + terms.name() + ": a locked row is gone; send it again");
    }
    long windowMillis = terms.window().toMillis();
    boolean ended = stored.nowMillis() - stored.startMillis() > windowMillis;
    long start = ended ? stored.nowMillis() : stored.startMillis();
    long used = ended ? 0 : stored.used();
    long left = terms.max() - used;
    long units = used == 0 ? Math.max(least, Math.min(wanted, left)) : Math.min(wanted, left);
    if (units < least) {
      units = 0;
    } else {
      database.update(
          "UPDATE quotas SET start_millis = ?, used = ? WHERE name = ? AND client = ?",
          start,
          used + units,
          terms.name(),
          client);
    }
    return new Grant(units, left - units, start + windowMillis - stored.nowMillis());
  }

  /** Adds a client that has used nothing; false if there are too many. */
  private boolean insert(Terms terms, String client) throws IOException {
    if (!client.equals(SHARED) && clients(terms.name()) >= maxClients) {
      forget(terms);
      if (clients(terms.name()) >= maxClients) {
        return false;
      }
    }
    database.update(
        "INSERT INTO quotas (name, client, start_millis, used) VALUES (?, ?, "
            + time.nowMillis()
            + ", 0) ON CONFLICT (name, client) DO NOTHING",
        terms.name(),
        client);
    return true;
  }

  private long clients(String name) throws IOException {
    return database
        .query(
            "SELECT count(*) FROM quotas WHERE name = ? AND client <> ?",
            row -> row.getLong(1),
            name,
            SHARED)
        .get(0);
  }

  private @Nullable Used locked(String name, String client) throws IOException {
    List<Used> found =
        database.query(
            "SELECT start_millis, used, "
                + time.nowMillis()
                + " FROM quotas WHERE name = ? AND client = ?"
                + database.forUpdate(),
            row -> new Used(row.getLong(1), row.getLong(2), row.getLong(3)),
            name,
            client);
    return found.isEmpty() ? null : found.get(0);
  }
}
