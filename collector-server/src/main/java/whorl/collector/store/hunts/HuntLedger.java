package whorl.collector.store.hunts;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.Scope;
import whorl.collector.store.access.ScopedRows;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.ResultRow;
import whorl.collector.store.limits.KeptRequests;
import whorl.collector.store.limits.LimitLock;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * The hunts of all collectors. Bounded: the oldest ended ones are deleted with all their rows.
 * Thread-safe.
 */
public final class HuntLedger {
  private static final KeptRequests KEPT = new KeptRequests(500, 256L << 20, Duration.ofDays(30));

  /** Not begun yet: its entry in custody is being written. */
  private static final String PREPARED = "prepared";

  private static final String COLUMNS = "id, record, state, ended_millis, row_count, rows_dropped";

  private final Database database;
  private final int maxOfOwner;
  private final int max;

  /**
   * @param maxOfOwner running hunts of one person
   * @param max running hunts of all people
   */
  public HuntLedger(Database database, int maxOfOwner, int max) {
    this.database = database;
    this.maxOfOwner = maxOfOwner;
    this.max = max;
  }

  /** The result of adding a hunt. */
  public enum Added {
    ADDED,
    /** The person has too many running. */
    TOO_MANY_OF_OWNER,
    /** All people together have too many running. */
    TOO_MANY
  }

  /** Adds a hunt, unless that exceeds a limit; it begins with {@link #start}. */
  public Added add(HuntRecord hunt) throws IOException {
    return database.inTransaction(
        () -> {
          LimitLock.HUNTS.take(database);
          long now = hunt.requestedAt().toEpochMilli();
          if (count(now, " AND owner = ?", hunt.owner()) >= maxOfOwner) {
            return Added.TOO_MANY_OF_OWNER;
          }
          if (count(now, "") >= max) {
            return Added.TOO_MANY;
          }
          database.update(
              "INSERT INTO hunts (id, owner, record, state, requested_millis, expires_millis,"
                  + " ends_millis, ended_millis, row_count, row_bytes, rows_dropped)"
                  + " VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0)",
              hunt.id().value(),
              hunt.owner(),
              Json.text(hunt),
              PREPARED,
              hunt.requestedAt().toEpochMilli(),
              hunt.expiresAt().toEpochMilli(),
              hunt.endsAt().toEpochMilli());
          return Added.ADDED;
        });
  }

  /** Begins a hunt that was added; false if it is gone. */
  public boolean start(Id id) throws IOException {
    return database.update(
            "UPDATE hunts SET state = ? WHERE id = ? AND state = ?",
            HuntStatus.RUNNING,
            id.value(),
            PREPARED)
        > 0;
  }

  private int count(long nowMillis, String more, Object... arguments) throws IOException {
    List<Object> all = new ArrayList<>(List.of(HuntStatus.RUNNING, PREPARED, nowMillis));
    all.addAll(List.of(arguments));
    return database
        .query(
            "SELECT count(*) FROM hunts WHERE (state = ? OR (state = ? AND ends_millis > ?))"
                + more,
            row -> row.getInt(1),
            all.toArray())
        .get(0);
  }

  /** The hunts that run now, oldest first. */
  public List<HuntStatus> running() throws IOException {
    return database.query(
        "SELECT " + COLUMNS + " FROM hunts WHERE state = ? ORDER BY id",
        HuntLedger::status,
        HuntStatus.RUNNING);
  }

  /** Returns the hunt; null if there is none with this id. */
  public @Nullable HuntStatus find(Id id) throws IOException {
    List<HuntStatus> found =
        database.query(
            "SELECT " + COLUMNS + " FROM hunts WHERE id = ?", HuntLedger::status, id.value());
    return found.isEmpty() ? null : found.get(0);
  }

  /**
   * Returns the hunt if the caller sees it: who asked does, and whose scope holds all agents that
   * are asked.
   *
   * @param owner the caller, as in {@link HuntRecord#owner}
   */
  public @Nullable HuntStatus find(Scope scope, String owner, Id id) throws IOException {
    List<HuntStatus> found = select(scope, owner, " AND id = ?", List.of(id.value()), 1);
    return found.isEmpty() ? null : found.get(0);
  }

  /**
   * Lists the hunts that the caller sees, the newest first.
   *
   * @param before only hunts with lesser ids; null to begin with the newest
   */
  public List<HuntStatus> list(Scope scope, String owner, @Nullable String before, int limit)
      throws IOException {
    return before == null
        ? select(scope, owner, "", List.of(), limit)
        : select(scope, owner, " AND id < ?", List.of(before), limit);
  }

  private List<HuntStatus> select(
      Scope scope, String owner, String more, List<Object> arguments, int limit)
      throws IOException {
    List<@Nullable Object> all = new ArrayList<>(arguments);
    ScopedRows.Within seen = ScopedRows.ownOrWithin(scope, owner, "hunts", "hunt_agents", "hunt");
    all.addAll(seen.arguments());
    all.add(limit);
    return database.query(
        "SELECT "
            + COLUMNS
            + " FROM hunts WHERE state <> 'prepared'"
            + more
            + seen.sql()
            + " ORDER BY id DESC LIMIT ?",
        HuntLedger::status,
        all.toArray());
  }

  /**
   * Ends the hunt if nothing is awaited any more.
   *
   * @return true if it ended by this call
   */
  public boolean endIfDone(Id id, Instant now) throws IOException {
    return database.update(
            "UPDATE hunts SET state = ?, ended_millis = ? WHERE id = ? AND state = ?"
                + " AND (ends_millis <= ? OR (expires_millis <= ? AND NOT EXISTS"
                + " (SELECT 1 FROM hunt_agents WHERE hunt = hunts.id AND state IN (?, ?))))",
            HuntStatus.ENDED,
            now.toEpochMilli(),
            id.value(),
            HuntStatus.RUNNING,
            now.toEpochMilli(),
            now.toEpochMilli(),
            AskedAgent.State.WAITING.word(),
            AskedAgent.State.ASKED.word())
        > 0;
  }

  /** Ends the hunt before its time; false if it had ended. */
  public boolean cancel(Id id, Instant now) throws IOException {
    return database.update(
            "UPDATE hunts SET state = ?, ended_millis = ? WHERE id = ? AND state = ?",
            HuntStatus.CANCELLED,
            now.toEpochMilli(),
            id.value(),
            HuntStatus.RUNNING)
        > 0;
  }

  /** Deletes hunts that are too old, and the oldest beyond the limits; returns how many. */
  public int forget(Instant now) throws IOException {
    List<String> gone =
        KEPT.toDelete(
            database.query(
                "SELECT id, row_bytes, requested_millis FROM hunts WHERE state <> ?"
                    + " ORDER BY id DESC",
                row -> new KeptRequests.Size(row.getString(1), row.getLong(2), row.getLong(3)),
                HuntStatus.RUNNING),
            now);
    for (String id : gone) {
      database.inTransaction(
          () -> {
            database.update("DELETE FROM hunt_rows WHERE hunt = ?", id);
            database.update("DELETE FROM hunt_agents WHERE hunt = ?", id);
            return database.update("DELETE FROM hunts WHERE id = ?", id);
          });
    }
    database.update(
        "DELETE FROM hunt_captures WHERE asked_millis < ?", now.minus(KEPT.age()).toEpochMilli());
    return gone.size();
  }

  private static HuntStatus status(ResultRow row) throws SQLException, IOException {
    long endedMillis = row.getLong(4);
    return new HuntStatus(
        Json.LENIENT.readValue(row.getString(2), HuntRecord.class),
        row.getString(3),
        endedMillis == 0 ? null : Instant.ofEpochMilli(endedMillis),
        row.getLong(5),
        row.getLong(6));
  }
}
