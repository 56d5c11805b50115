package whorl.collector.store.probes;

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
 * The probes of all collectors. Bounded: the oldest ended ones are deleted with all their calls.
 * Thread-safe.
 */
public final class ProbeLedger {
  private static final KeptRequests KEPT = new KeptRequests(300, 128L << 20, Duration.ofDays(30));

  /** Not begun yet: its entry in custody is being written. */
  private static final String PREPARED = "prepared";

  private static final String OPEN = "state IN ('running', 'stopping')";
  private static final String COLUMNS =
      "id, record, state, ended_millis, why, call_count, calls_dropped";

  private final Database database;
  private final int maxOfOwner;
  private final int max;

  /**
   * @param maxOfOwner running probes of one person
   * @param max running probes of all people
   */
  public ProbeLedger(Database database, int maxOfOwner, int max) {
    this.database = database;
    this.maxOfOwner = maxOfOwner;
    this.max = max;
  }

  /** The result of adding a probe. */
  public enum Added {
    ADDED,
    /** The person has too many running. */
    TOO_MANY_OF_OWNER,
    /** All people together have too many running. */
    TOO_MANY
  }

  /** Adds a probe, unless that exceeds a limit; it begins with {@link #start}. */
  public Added add(ProbeRecord probe) throws IOException {
    return database.inTransaction(
        () -> {
          LimitLock.PROBES.take(database);
          long now = probe.requestedAt().toEpochMilli();
          if (count(now, " AND owner = ?", probe.owner()) >= maxOfOwner) {
            return Added.TOO_MANY_OF_OWNER;
          }
          if (count(now, "") >= max) {
            return Added.TOO_MANY;
          }
          database.update(
              "INSERT INTO probes (id, owner, record, state, requested_millis, ends_millis,"
                  + " ended_millis, why, call_count, call_bytes, calls_dropped)"
                  + " VALUES (?, ?, ?, ?, ?, ?, 0, NULL, 0, 0, 0)",
              probe.id().value(),
              probe.owner(),
              Json.text(probe),
              PREPARED,
              now,
              probe.endsAt().toEpochMilli());
          return Added.ADDED;
        });
  }

  private int count(long nowMillis, String more, Object... arguments) throws IOException {
    List<Object> all = new ArrayList<>(List.of(PREPARED, nowMillis));
    all.addAll(List.of(arguments));
    return database
        .query(
            "SELECT count(*) FROM probes WHERE ("
                + OPEN
                + " OR (state = ? AND ends_millis > ?))"
                + more,
            row -> row.getInt(1),
            all.toArray())
        .get(0);
  }

  /** Begins a probe that was added; false if it is gone. */
  public boolean start(Id id) throws IOException {
    return change(id, PREPARED, ProbeStatus.RUNNING, null, null);
  }

  /** A person ends the probe; false if it had ended. */
  public boolean stop(Id id, String why) throws IOException {
    return change(id, ProbeStatus.RUNNING, ProbeStatus.STOPPING, why, null);
  }

  private boolean change(
      Id id, String from, String to, @Nullable String why, @Nullable Instant ended)
      throws IOException {
    return database.update(
            "UPDATE probes SET state = ?, why = coalesce(why, ?), ended_millis = ?"
                + " WHERE id = ? AND state = ?",
            to,
            why,
            ended == null ? 0 : ended.toEpochMilli(),
            id.value(),
            from)
        > 0;
  }

  /**
   * Ends the probe if nothing is awaited any more.
   *
   * @return true if it ended by this call
   */
  public boolean endIfDone(Id id, Instant now) throws IOException {
    return database.update(
            "UPDATE probes SET state = 'ended', ended_millis = ?,"
                + " why = coalesce(why, CASE WHEN ends_millis <= ? THEN ? ELSE ? END)"
                + " WHERE id = ? AND "
                + OPEN
                + " AND (ends_millis <= ? OR NOT EXISTS (SELECT 1 FROM probe_agents"
                + " WHERE probe = probes.id"
                + " AND state IN ('requested', 'asked', 'waiting', 'running')))",
            now.toEpochMilli(),
            now.toEpochMilli(),
            "its time is over, and an agent has not reported its end",
            "all its agents have ended it",
            id.value(),
            now.toEpochMilli())
        > 0;
  }

  /** Takes the end back, because it could not be written into custody. */
  public void reopen(Id id) throws IOException {
    database.update(
        "UPDATE probes SET state = 'stopping', ended_millis = 0 WHERE id = ? AND state = 'ended'",
        id.value());
  }

  /** The probes that run or stop now, oldest first. */
  public List<ProbeStatus> open() throws IOException {
    return database.query(
        "SELECT " + COLUMNS + " FROM probes WHERE " + OPEN + " ORDER BY id", ProbeLedger::status);
  }

  /** Returns the probe; null if there is none with this id. */
  public @Nullable ProbeStatus find(Id id) throws IOException {
    List<ProbeStatus> found =
        database.query(
            "SELECT " + COLUMNS + " FROM probes WHERE id = ?", ProbeLedger::status, id.value());
    return found.isEmpty() ? null : found.get(0);
  }

  /**
   * Returns the probe if the caller sees it: who asked does, and whose scope holds all its agents.
   *
   * @param owner the caller, as in {@link ProbeRecord#owner}
   */
  public @Nullable ProbeStatus find(Scope scope, String owner, Id id) throws IOException {
    List<ProbeStatus> found = select(scope, owner, " AND id = ?", List.of(id.value()), 1);
    return found.isEmpty() ? null : found.get(0);
  }

  /**
   * Lists the probes that the caller sees, the newest first.
   *
   * @param before only probes with lesser ids; null to begin with the newest
   */
  public List<ProbeStatus> list(Scope scope, String owner, @Nullable String before, int limit)
      throws IOException {
    return before == null
        ? select(scope, owner, "", List.of(), limit)
        : select(scope, owner, " AND id < ?", List.of(before), limit);
  }

  private List<ProbeStatus> select(
      Scope scope, String owner, String more, List<Object> arguments, int limit)
      throws IOException {
    List<@Nullable Object> all = new ArrayList<>(arguments);
    ScopedRows.Within seen =
        ScopedRows.ownOrWithin(scope, owner, "probes", "probe_agents", "probe");
    all.addAll(seen.arguments());
    all.add(limit);
    return database.query(
        "SELECT "
            + COLUMNS
            + " FROM probes WHERE state <> 'prepared'"
            + more
            + seen.sql()
            + " ORDER BY id DESC LIMIT ?",
        ProbeLedger::status,
        all.toArray());
  }

  /** Deletes probes that are too old, and the oldest beyond the limits; returns how many. */
  public int forget(Instant now) throws IOException {
    List<String> gone =
        KEPT.toDelete(
            database.query(
                "SELECT id, call_bytes, requested_millis FROM probes WHERE NOT ("
                    + OPEN
                    + ") AND (state <> ? OR ends_millis <= ?) ORDER BY id DESC",
                row -> new KeptRequests.Size(row.getString(1), row.getLong(2), row.getLong(3)),
                PREPARED,
                now.toEpochMilli()),
            now);
    for (String id : gone) {
      database.inTransaction(
          () -> {
            database.update("DELETE FROM probe_calls WHERE probe = ?", id);
            database.update("DELETE FROM probe_agents WHERE probe = ?", id);
            return database.update("DELETE FROM probes WHERE id = ?", id);
          });
    }
    return gone.size();
  }

  private static ProbeStatus status(ResultRow row) throws SQLException, IOException {
    long endedMillis = row.getLong(4);
    return new ProbeStatus(
        Json.LENIENT.readValue(row.getString(2), ProbeRecord.class),
        row.getString(3),
        endedMillis == 0 ? null : Instant.ofEpochMilli(endedMillis),
        row.getString(5),
        row.getLong(6),
        row.getLong(7));
  }
}
