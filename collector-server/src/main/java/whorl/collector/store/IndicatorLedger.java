package whorl.collector.store;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/**
 * Which telling values were seen where, so that one intruder is found in all the JVMs they were in.
 * Can be made again from timelines and alerts at any time. Bounded: what was seen longest ago goes
 * first, and is counted. Safe for use by several threads.
 */
public final class IndicatorLedger {
  private static final int VERSION = 1;
  private static final long MAX_ROWS = 2_000_000;
  private static final int EVICT_AT_ONCE = 1_000;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final Database database;
  private final long maxRows;
  private final LongAdder evicted = new LongAdder();
  private long rows;

  /** With room for two million values. */
  public IndicatorLedger(Database database) throws IOException {
    this(database, MAX_ROWS);
  }

  public IndicatorLedger(Database database, long maxRows) throws IOException {
    this.database = database;
    this.maxRows = maxRows;
    LedgerSchema.prepare(
        database,
        "indicators",
        VERSION,
        "CREATE TABLE IF NOT EXISTS indicators (kind TEXT NOT NULL, value TEXT NOT NULL,"
            + " origin TEXT NOT NULL, of_alert INTEGER NOT NULL, agent TEXT, service TEXT, pod TEXT,"
            + " first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, count INTEGER NOT NULL,"
            + " PRIMARY KEY (kind, value, origin))",
        "CREATE INDEX IF NOT EXISTS indicators_origin ON indicators (origin)",
        "CREATE INDEX IF NOT EXISTS indicators_age ON indicators (last_seen)",
        "CREATE TABLE IF NOT EXISTS indicator_origins (origin TEXT PRIMARY KEY)",
        "CREATE TABLE IF NOT EXISTS indicator_alerts"
            + " (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL)");
    recount();
  }

  /**
   * Where a value was seen.
   *
   * @param evidence null when an alert told of it, and then {@code alert} is not
   */
  public record Origin(
      @Nullable Id evidence,
      @Nullable Id alert,
      @Nullable Id agent,
      @Nullable String service,
      @Nullable String pod) {
    String id() {
      if (evidence != null) {
        return evidence.value();
      }
      if (alert != null) {
        return alert.value();
      }
      throw new IllegalStateException("an origin is evidence or an alert");
    }
  }

  /** A value and where it was seen. */
  public record Sighting(Indicator indicator, Origin origin) {}

  /** Whether this evidence's values are in. */
  public boolean knows(Id evidence) throws IOException {
    return !database
        .query(
            "SELECT 1 FROM indicator_origins WHERE origin = ?",
            row -> row.getInt(1),
            evidence.value())
        .isEmpty();
  }

  /** Puts these in for their origin, in place of what was in for it. */
  public synchronized void replace(Origin origin, List<Indicator> indicators) throws IOException {
    database.inTransaction(
        () -> {
          database.update("DELETE FROM indicators WHERE origin = ?", origin.id());
          for (Indicator each : indicators) {
            insert(origin, each);
          }
          return database.update(
              "INSERT OR IGNORE INTO indicator_origins (origin) VALUES (?)", origin.id());
        });
    recount();
    makeRoom();
  }

  /** Puts in what alerts told, and remembers how far the alerts have been read. */
  public synchronized void alerts(List<Sighting> told, long upTo) throws IOException {
    database.inTransaction(
        () -> {
          for (Sighting each : told) {
            insert(each.origin(), each.indicator());
          }
          return database.update(
              "INSERT OR REPLACE INTO indicator_alerts (one, seq) VALUES (1, ?)", upTo);
        });
    recount();
    makeRoom();
  }

  /** What {@link #alerts} was last told; 0 in the beginning. */
  public long alertsReadUpTo() throws IOException {
    List<Long> known =
        database.query("SELECT seq FROM indicator_alerts WHERE one = 1", row -> row.getLong(1));
    return known.isEmpty() ? 0 : known.get(0);
  }

  /**
   * Who saw this value, last seen first, each agent once: with its latest evidence, or its latest
   * alert where it has no evidence, and with the times of all of them. What no agent is known for
   * is listed by itself.
   *
   * @param except an agent that is left out; null for none
   */
  public List<Sighting> sightings(IndicatorKind kind, String value, @Nullable Id except, int limit)
      throws IOException {
    return database.query(
        "SELECT origin, of_alert, agent, service, pod, first, last, all_count FROM (SELECT *,"
            + " min(first_seen) OVER who AS first, max(last_seen) OVER who AS last,"
            + " sum(count) OVER who AS all_count,"
            + " row_number() OVER (PARTITION BY coalesce(agent, origin)"
            + " ORDER BY of_alert, last_seen DESC, origin) AS place"
            + " FROM indicators WHERE kind = ? AND value = ? AND coalesce(agent, '') <> ?"
            + " WINDOW who AS (PARTITION BY coalesce(agent, origin)))"
            + " WHERE place = 1 ORDER BY last DESC, origin LIMIT ?",
        row -> sighting(kind, value, row),
        kind.word(),
        value,
        except == null ? "none" : except.value(),
        limit);
  }

  /** As if this evidence had never been. */
  public synchronized void forget(Id evidence) throws IOException {
    database.inTransaction(
        () -> {
          database.update("DELETE FROM indicators WHERE origin = ?", evidence.value());
          return database.update(
              "DELETE FROM indicator_origins WHERE origin = ?", evidence.value());
        });
    recount();
  }

  /** Forgets everything, to be made again. */
  public synchronized void clear() throws IOException {
    database.inTransaction(
        () -> {
          database.update("DELETE FROM indicators");
          database.update("DELETE FROM indicator_alerts");
          return database.update("DELETE FROM indicator_origins");
        });
    recount();
  }

  /** How many values are kept. */
  public synchronized long count() {
    return rows;
  }

  /** How many were forgotten for want of room, since the start. */
  public long evicted() {
    return evicted.sum();
  }

  private void insert(Origin origin, Indicator indicator) throws IOException {
    database.update(
        "INSERT OR REPLACE INTO indicators (kind, value, origin, of_alert, agent, service, pod,"
            + " first_seen, last_seen, count) VALUES (?,?,?,?,?,?,?,?,?,?)",
        indicator.kind().word(),
        indicator.value(),
        origin.id(),
        origin.evidence() == null ? 1 : 0,
        origin.agent() == null ? null : origin.agent().value(),
        origin.service(),
        origin.pod(),
        nanos(indicator.firstSeen()),
        nanos(indicator.lastSeen()),
        indicator.count());
  }

  private void makeRoom() throws IOException {
    while (rows > maxRows) {
      long few = Math.min(EVICT_AT_ONCE, rows - maxRows);
      int gone =
          database.update(
              "DELETE FROM indicators WHERE rowid IN"
                  + " (SELECT rowid FROM indicators ORDER BY last_seen LIMIT ?)",
              few);
      evicted.add(gone);
      rows -= gone;
    }
  }

  private void recount() throws IOException {
    rows = database.query("SELECT count(*) FROM indicators", row -> row.getLong(1)).get(0);
  }

  private static Sighting sighting(IndicatorKind kind, String value, ResultSet row)
      throws SQLException {
    Id origin = new Id(row.getString(1));
    boolean ofAlert = row.getInt(2) == 1;
    String agent = row.getString(3);
    return new Sighting(
        new Indicator(
            kind, value, instant(row.getLong(6)), instant(row.getLong(7)), row.getLong(8)),
        new Origin(
            ofAlert ? null : origin,
            ofAlert ? origin : null,
            agent == null ? null : new Id(agent),
            row.getString(4),
            row.getString(5)));
  }

  private static long nanos(Instant time) {
    return Math.addExact(
        Math.multiplyExact(time.getEpochSecond(), NANOS_PER_SECOND), time.getNano());
  }

  private static Instant instant(long nanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(nanos, NANOS_PER_SECOND), Math.floorMod(nanos, NANOS_PER_SECOND));
  }
}
