package whorl.collector.store.searches;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.LikePattern;
import whorl.collector.store.limits.LimitLock;
import whorl.collector.store.searches.StoredSearch.State;
import whorl.evidence.Id;

/**
 * The searches over rows of all collectors. One collector runs a search and writes what it has
 * found about once a second; each collector can show or cancel it. Bounded: a search is forgotten a
 * while after it ended, and at once if evidence is purged in which it found something. Thread-safe.
 */
public final class RowSearchLedger {
  /** A running search that was not written for so long has no collector any more. */
  public static final Duration LOST_AFTER = Duration.ofSeconds(30);

  /** How long the result of a search can be read after its end. */
  public static final Duration KEPT = Duration.ofMinutes(30);

  private static final int KEPT_MAX = 50;

  private final Database database;
  private final InstantSource clock;
  private final int maxOfOwner;
  private final int max;

  /**
   * @param maxOfOwner running searches of one person
   * @param max running searches of all people
   */
  public RowSearchLedger(Database database, InstantSource clock, int maxOfOwner, int max) {
    this.database = database;
    this.clock = clock;
    this.maxOfOwner = maxOfOwner;
    this.max = max;
  }

  /** The result of adding a search. */
  public enum Added {
    ADDED,
    /** The person has too many running. */
    TOO_MANY_OF_OWNER,
    /** All people together have too many running. */
    TOO_MANY
  }

  /**
   * Adds a running search, unless that exceeds a limit.
   *
   * @param owner whose quota counts; only this person sees it
   */
  public Added add(StoredSearch search, String owner) throws IOException {
    Instant now = clock.instant();
    return database.inTransaction(
        () -> {
          LimitLock.ROW_SEARCHES.take(database);
          forget(now);
          if (running(now, " AND owner = ?", owner) >= maxOfOwner) {
            return Added.TOO_MANY_OF_OWNER;
          }
          if (running(now, "") >= max) {
            return Added.TOO_MANY;
          }
          database.update(
              "INSERT INTO row_searches (id, owner, question, scope, state, found, written_millis)"
                  + " VALUES (?, ?, ?, ?, ?, ?, ?)",
              search.id().value(),
              owner,
              search.question(),
              search.scope(),
              State.RUNNING.word(),
              search.found(),
              now.toEpochMilli());
          return Added.ADDED;
        });
  }

  private int running(Instant now, String more, Object... arguments) throws IOException {
    List<Object> all =
        new ArrayList<>(List.of(State.RUNNING.word(), now.minus(LOST_AFTER).toEpochMilli()));
    all.addAll(List.of(arguments));
    return database
        .query(
            "SELECT count(*) FROM row_searches WHERE state = ? AND written_millis > ?" + more,
            row -> row.getInt(1),
            all.toArray())
        .get(0);
  }

  private void forget(Instant now) throws IOException {
    database.update(
        "DELETE FROM row_searches WHERE written_millis < ?", now.minus(KEPT).toEpochMilli());
    database.update(
        "DELETE FROM row_searches WHERE id IN (SELECT id FROM row_searches WHERE state <> ?"
            + " ORDER BY written_millis DESC LIMIT 1000 OFFSET ?)",
        State.RUNNING.word(),
        KEPT_MAX);
  }

  /** Deletes what is too old. */
  public void forget() throws IOException {
    forget(clock.instant());
  }

  /**
   * Writes what a running search has found.
   *
   * @return false if it was cancelled or is gone, and must stop
   */
  public boolean write(Id id, State state, String found) throws IOException {
    return database.update(
            "UPDATE row_searches SET state = ?, found = ?, written_millis = ?"
                + " WHERE id = ? AND state = ?",
            state.word(),
            found,
            clock.millis(),
            id.value(),
            State.RUNNING.word())
        > 0;
  }

  /**
   * Says that a running search goes on.
   *
   * @return false if it was cancelled or is gone, and must stop
   */
  public boolean touch(Id id) throws IOException {
    return database.update(
            "UPDATE row_searches SET written_millis = ? WHERE id = ? AND state = ?",
            clock.millis(),
            id.value(),
            State.RUNNING.word())
        > 0;
  }

  /** Ends a search of this person before its time; false if it does not run. */
  public boolean cancel(String owner, Id id) throws IOException {
    return database.update(
            "UPDATE row_searches SET state = ?, written_millis = ?"
                + " WHERE id = ? AND owner = ? AND state = ?",
            State.CANCELLED.word(),
            clock.millis(),
            id.value(),
            owner,
            State.RUNNING.word())
        > 0;
  }

  /** The search of this person; null if there is none. */
  public @Nullable StoredSearch find(String owner, Id id) throws IOException {
    long lost = clock.instant().minus(LOST_AFTER).toEpochMilli();
    List<StoredSearch> found =
        database.query(
            "SELECT question, scope, state, found, written_millis FROM row_searches"
                + " WHERE id = ? AND owner = ?",
            row -> {
              State state = State.of(row.getString(3));
              return new StoredSearch(
                  id,
                  row.getString(1),
                  row.getString(2),
                  state == State.RUNNING && row.getLong(5) < lost ? State.LOST : state,
                  row.getString(4));
            },
            id.value(),
            owner);
    return found.isEmpty() ? null : found.get(0);
  }

  /** Deletes the searches that found something in this evidence. */
  public void purged(Id evidence) throws IOException {
    database.update(
        "DELETE FROM row_searches WHERE found " + LikePattern.CONDITION,
        LikePattern.containing("\"evidence\":\"" + evidence.value() + "\""));
  }
}
