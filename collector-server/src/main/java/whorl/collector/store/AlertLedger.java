package whorl.collector.store;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Level;

/**
 * Every alert with the events that led to it, bounded in number and bytes. Nothing goes for newer
 * alerts in its first day: where there is no room, later ones are refused. After that the oldest go
 * first. Both are counted. Alerts from outside have half of the room at most, so that a token which
 * may do nothing but send them never costs an agent's. What was written is on disk when a method
 * returns. Safe for use by several threads.
 */
public final class AlertLedger {
  /** For how long an alert stays, whatever comes. */
  public static final Duration PROTECTED = Duration.ofDays(1);

  private static final int VERSION = 3;
  private static final Set<String> OWN_SOURCES = Set.of("whorl", "collector");
  private static final int EVICT_AT_ONCE = 100;
  private static final long MAX_ALERTS = 100_000;
  private static final long MAX_BYTES = 1L << 30;

  private final Database database;
  private final long maxAlerts;
  private final long maxBytes;
  private final LongAdder evicted = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private Room own = new Room(0, 0);
  private Room outside = new Room(0, 0);

  private record Room(long alerts, long bytes) {
    Room with(long more) {
      return new Room(alerts + 1, bytes + more);
    }
  }

  /** With room for 100,000 alerts and 1 GiB. */
  public AlertLedger(Database database) throws IOException {
    this(database, MAX_ALERTS, MAX_BYTES);
  }

  public AlertLedger(Database database, long maxAlerts, long maxBytes) throws IOException {
    this.database = database;
    this.maxAlerts = maxAlerts;
    this.maxBytes = maxBytes;
    addColumns(database);
    LedgerSchema.prepare(
        database,
        "alerts",
        VERSION,
        "CREATE TABLE IF NOT EXISTS alerts (seq INTEGER PRIMARY KEY AUTOINCREMENT,"
            + " id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, rule TEXT NOT NULL,"
            + " level TEXT NOT NULL, service TEXT, bytes INTEGER NOT NULL, record TEXT NOT NULL,"
            + " journal TEXT NOT NULL, at INTEGER NOT NULL DEFAULT 0,"
            + " outside INTEGER NOT NULL DEFAULT 0, part INTEGER NOT NULL DEFAULT 0)");
    recount();
  }

  /** Rows of version 1 have no time, and are taken for old. */
  private static void addColumns(Database database) throws IOException {
    List<String> columns =
        database.query("PRAGMA table_info(alerts)", row -> row.getString("name"));
    if (!columns.isEmpty() && !columns.contains("at")) {
      database.update("ALTER TABLE alerts ADD COLUMN at INTEGER NOT NULL DEFAULT 0");
      database.update("ALTER TABLE alerts ADD COLUMN outside INTEGER NOT NULL DEFAULT 0");
      database.update("UPDATE alerts SET outside = 1 WHERE source NOT IN ('whorl', 'collector')");
    }
    if (!columns.isEmpty() && !columns.contains("part")) {
      database.update("ALTER TABLE alerts ADD COLUMN part INTEGER NOT NULL DEFAULT 0");
    }
  }

  /** What became of an alert. */
  public enum Inserted {
    NEW,
    /** An alert of this id is there already; it stays as it was. */
    KNOWN,
    /** Alerts of the last day fill the room. */
    NO_ROOM
  }

  /**
   * What a list of alerts is narrowed by; null means any. Of a deed the first alert is listed,
   * which says what else there is; by rule, every one.
   */
  public record Filter(
      @Nullable String service,
      @Nullable String rule,
      @Nullable Level level,
      @Nullable String source) {}

  private record Row(long seq, AlertRecord alert) {}

  /** A new alert. */
  public synchronized Inserted insert(AlertRecord alert, List<EventLine> journal)
      throws IOException {
    String record = Json.text(alert);
    String events = Json.text(journal);
    long size = (long) record.length() + events.length();
    boolean fromOutside = !OWN_SOURCES.contains(alert.alert().source());
    long now = alert.receivedAt().toEpochMilli();
    if (find(alert.alert().id()) != null) {
      return Inserted.KNOWN;
    }
    if (!hasRoom(fromOutside, size, now - PROTECTED.toMillis())) {
      refused.increment();
      return Inserted.NO_ROOM;
    }
    database.update(
        "INSERT INTO alerts"
            + " (id, source, rule, level, service, bytes, record, journal, at, outside, part)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        alert.alert().id().value(),
        alert.alert().source(),
        alert.alert().rule(),
        alert.alert().level().word(),
        alert.service(),
        size,
        record,
        events,
        now,
        fromOutside ? 1 : 0,
        alert.partOf() == null ? 0 : 1);
    if (fromOutside) {
      outside = outside.with(size);
    } else {
      own = own.with(size);
    }
    return Inserted.NEW;
  }

  /** Whether an alert from outside would be kept now; looked at before anything is done for it. */
  public synchronized boolean hasRoomForOutside(Instant now) throws IOException {
    return hasRoom(true, 0, now.minus(PROTECTED).toEpochMilli());
  }

  /** Makes room by what is no longer protected. */
  private boolean hasRoom(boolean fromOutside, long size, long unprotected) throws IOException {
    if (fromOutside && !fits(outside, size, maxAlerts / 2, maxBytes / 2)) {
      evict(" WHERE outside = 1", unprotected);
    }
    if (!fits(all(), size, maxAlerts, maxBytes)) {
      evict("", unprotected);
    }
    return fits(all(), size, maxAlerts, maxBytes)
        && (!fromOutside || fits(outside, size, maxAlerts / 2, maxBytes / 2));
  }

  private Room all() {
    return new Room(own.alerts() + outside.alerts(), own.bytes() + outside.bytes());
  }

  private static boolean fits(Room room, long size, long maxAlerts, long maxBytes) {
    return room.alerts() < maxAlerts && room.bytes() + size <= maxBytes;
  }

  /** Writes anew what came of an alert that is there; its journal stays. */
  public synchronized void replace(AlertRecord alert) throws IOException {
    database.update(
        "UPDATE alerts SET record = ? WHERE id = ?", Json.text(alert), alert.alert().id().value());
  }

  /** Writes an agent's alert anew with a journal that has more, where there is room. */
  public synchronized void complete(AlertRecord alert, List<EventLine> journal) throws IOException {
    String events = Json.text(journal);
    if (!hasRoom(false, events.length(), alert.receivedAt().minus(PROTECTED).toEpochMilli())) {
      refused.increment();
      return;
    }
    database.update(
        "UPDATE alerts SET record = ?, journal = ?, bytes = bytes + ? WHERE id = ?",
        Json.text(alert),
        events,
        events.length(),
        alert.alert().id().value());
    own = new Room(own.alerts(), own.bytes() + events.length());
  }

  /** The alert, or null. */
  public @Nullable AlertRecord find(Id alert) throws IOException {
    List<Row> found =
        database.query(
            "SELECT seq, record FROM alerts WHERE id = ?", AlertLedger::row, alert.value());
    return found.isEmpty() ? null : found.get(0).alert();
  }

  /** The events that led to it, oldest first; empty for an unknown alert too. */
  public List<EventLine> journal(Id alert) throws IOException {
    List<EventLine[]> found =
        database.query(
            "SELECT journal FROM alerts WHERE id = ?",
            row -> Json.LENIENT.readValue(row.getString(1), EventLine[].class),
            alert.value());
    return found.isEmpty() ? List.of() : List.of(found.get(0));
  }

  /** The newest first; {@code before} is the page before's {@link Page#next}. */
  public Page<AlertRecord> page(Filter filter, @Nullable Long before, int limit)
      throws IOException {
    StringBuilder sql = new StringBuilder("SELECT seq, record FROM alerts WHERE seq < ?");
    List<@Nullable Object> arguments = new ArrayList<>();
    arguments.add(before == null ? Long.MAX_VALUE : before);
    narrow(sql, arguments, "service", filter.service());
    narrow(sql, arguments, "rule", filter.rule());
    narrow(sql, arguments, "level", filter.level() == null ? null : filter.level().word());
    narrow(sql, arguments, "source", filter.source());
    if (filter.rule() == null) {
      sql.append(" AND part = 0");
    }
    sql.append(" ORDER BY seq DESC LIMIT ?");
    arguments.add(limit + 1);
    List<Row> rows = database.query(sql.toString(), AlertLedger::row, arguments.toArray());
    return Page.of(rows, limit, Row::alert, Row::seq);
  }

  /** The oldest first, from behind {@code seq} on; {@link Page#next} is where to go on. */
  public Page<AlertRecord> after(long seq, int limit) throws IOException {
    List<Row> rows =
        database.query(
            "SELECT seq, record FROM alerts WHERE seq > ? ORDER BY seq LIMIT ?",
            AlertLedger::row,
            seq,
            limit);
    return new Page<>(
        rows.stream().map(Row::alert).toList(),
        rows.isEmpty() ? null : rows.get(rows.size() - 1).seq());
  }

  /** How many alerts are kept. */
  public synchronized long count() {
    return all().alerts();
  }

  /** How many were forgotten for want of room, since the start. */
  public long evicted() {
    return evicted.sum();
  }

  /** How many there was no room for, since the start. */
  public long refused() {
    return refused.sum();
  }

  /** Those of the oldest that are no longer protected. */
  private void evict(String of, long unprotected) throws IOException {
    // no more than a tenth at once, so that small limits hold too
    long few = Math.max(1, Math.min(EVICT_AT_ONCE, all().alerts() / 10));
    int gone =
        database.update(
            "DELETE FROM alerts WHERE at < ? AND seq IN (SELECT seq FROM alerts"
                + of
                + " ORDER BY seq LIMIT ?)",
            unprotected,
            few);
    evicted.add(gone);
    if (gone > 0) {
      recount();
    }
  }

  private void recount() throws IOException {
    own = room(0);
    outside = room(1);
  }

  private Room room(int fromOutside) throws IOException {
    return database
        .query(
            "SELECT count(*), coalesce(sum(bytes), 0) FROM alerts WHERE outside = ?",
            row -> new Room(row.getLong(1), row.getLong(2)),
            fromOutside)
        .get(0);
  }

  private static void narrow(
      StringBuilder sql, List<@Nullable Object> arguments, String column, @Nullable String value) {
    if (value != null) {
      sql.append(" AND ").append(column).append(" = ?");
      arguments.add(value);
    }
  }

  private static Row row(ResultSet row) throws SQLException, IOException {
    return new Row(row.getLong(1), Json.LENIENT.readValue(row.getString(2), AlertRecord.class));
  }
}
