package whorl.collector.store.access;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.limits.LedgerTime;
import whorl.collector.store.limits.LimitLock;
import whorl.evidence.Digest;

/**
 * The sessions of the page for all collectors, by the digest of their ids. The time of the last use
 * is written at most once a minute. Thread-safe.
 */
public final class SessionLedger {
  /** For how long a use may be unwritten. */
  private static final Duration UNWRITTEN = Duration.ofMinutes(1);

  private final Database database;
  private final LedgerTime time;
  private final Limits limits;

  public SessionLedger(Database database, LedgerTime time, Limits limits) {
    this.database = database;
    this.time = time;
    this.limits = limits;
  }

  /**
   * The limits for sessions.
   *
   * @param maxAge after the login
   * @param idle after the last use
   * @param max of all; beyond it, the one unused for the longest time ends
   * @param maxPerUser of one user; beyond it, the one unused for the longest time ends
   */
  public record Limits(Duration maxAge, Duration idle, int max, int maxPerUser) {}

  /**
   * Who is logged in: the word of the role, and the name.
   *
   * @param provided what an identity provider says; null for a token
   */
  public record User(String role, String name, @Nullable Provided provided) {}

  /**
   * What an identity provider says about a session.
   *
   * @param person as JSON
   * @param subject the issuer, a blank, and the person's subject
   * @param session the issuer, a blank, and the session at the provider; null if it is not known
   */
  public record Provided(String person, String subject, @Nullable String session) {}

  private record Stored(User user, boolean ended, boolean unwritten) {}

  /** Begins a session. */
  public void open(Digest id, User user) throws IOException {
    Provided provided = user.provided();
    database.inTransaction(
        () -> {
          LimitLock.SESSIONS.take(database);
          forget();
          endOldest(" WHERE name = ?", List.of(user.name()), limits.maxPerUser());
          endOldest("", List.of(), limits.max());
          String now = time.nowMillis();
          return database.update(
              "INSERT INTO sessions (digest, role, name, person, subject, provider_session,"
                  + " opened_millis, used_millis) VALUES (?, ?, ?, ?, ?, ?, "
                  + now
                  + ", "
                  + now
                  + ")",
              id.hex(),
              user.role(),
              user.name(),
              provided == null ? null : provided.person(),
              provided == null ? null : provided.subject(),
              provided == null ? null : provided.session());
        });
  }

  /** Returns whose session this is and marks it as used; null if it is unknown or has ended. */
  public @Nullable User use(Digest id) throws IOException {
    String now = time.nowMillis();
    List<Stored> found =
        database.query(
            "SELECT role, name, CASE WHEN opened_millis <= "
                + now
                + " - ? OR used_millis <= "
                + now
                + " - ? THEN 1 ELSE 0 END, CASE WHEN used_millis <= "
                + now
                + " - ? THEN 1 ELSE 0 END, person, subject, provider_session FROM sessions"
                + " WHERE digest = ?",
            row ->
                new Stored(
                    new User(
                        row.getString(1),
                        row.getString(2),
                        provided(row.getString(5), row.getString(6), row.getString(7))),
                    row.getInt(3) == 1,
                    row.getInt(4) == 1),
            limits.maxAge().toMillis(),
            limits.idle().toMillis(),
            UNWRITTEN.toMillis(),
            id.hex());
    if (found.isEmpty() || found.get(0).ended()) {
      return null;
    }
    if (found.get(0).unwritten()) {
      database.update("UPDATE sessions SET used_millis = " + now + " WHERE digest = ?", id.hex());
    }
    return found.get(0).user();
  }

  /** Ends the session with this id at all collectors, if it exists. */
  public void end(Digest id) throws IOException {
    database.update("DELETE FROM sessions WHERE digest = ?", id.hex());
  }

  /**
   * Ends sessions of an identity provider at all collectors. One whose login did not name the
   * session at the provider ends with any of the subject's.
   *
   * @param subject the issuer, a blank, and a person's subject; null for any
   * @param session the issuer, a blank, and the session at the provider; null for all of the
   *     subject's
   * @return how many
   */
  public int endOf(@Nullable String subject, @Nullable String session) throws IOException {
    if (session == null) {
      return subject == null
          ? 0
          : database.update("DELETE FROM sessions WHERE subject = ?", subject);
    }
    return subject == null
        ? database.update("DELETE FROM sessions WHERE provider_session = ?", session)
        : database.update(
            "DELETE FROM sessions WHERE subject = ?"
                + " AND (provider_session = ? OR provider_session IS NULL)",
            subject,
            session);
  }

  private static @Nullable Provided provided(
      @Nullable String person, @Nullable String subject, @Nullable String session) {
    return person == null || subject == null ? null : new Provided(person, subject, session);
  }

  /** Deletes the sessions that have ended. */
  public void forget() throws IOException {
    String now = time.nowMillis();
    database.update(
        "DELETE FROM sessions WHERE opened_millis <= "
            + now
            + " - ? OR used_millis <= "
            + now
            + " - ?",
        limits.maxAge().toMillis(),
        limits.idle().toMillis());
  }

  /** Returns the number of sessions. */
  public int size() throws IOException {
    return database.query("SELECT count(*) FROM sessions", row -> row.getInt(1)).get(0);
  }

  /** Makes room for one more. */
  private void endOldest(String condition, List<Object> arguments, int max) throws IOException {
    List<String> unusedLongest =
        database.query(
            "SELECT digest FROM sessions" + condition + " ORDER BY used_millis, opened_millis",
            row -> row.getString(1),
            arguments.toArray());
    for (int i = 0; i <= unusedLongest.size() - max; i++) {
      database.update("DELETE FROM sessions WHERE digest = ?", unusedLongest.get(i));
    }
  }
}
