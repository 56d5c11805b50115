package whorl.collector.store.records;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.ResultRow;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Level;

/**
 * All alerts with the events that led to them, bounded in number and bytes. An alert is protected
 * during its first day: if there is no room, later alerts are refused. After that the oldest are
 * evicted first. Refused and evicted alerts are counted. Alerts from outside get at most half of
 * the room, so that a token that can only send alerts cannot displace those of agents. Changes are
 * durable when a method returns. Thread-safe.
 */
public final class AlertLedger {
  /** For how long an alert is protected from eviction. */
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
  private Usage own = new Usage(0, 0);
  private Usage outside = new Usage(0, 0);

  private record Usage(long alerts, long bytes) {
    Usage with(long more) {
      return new Usage(alerts + 1, bytes + more);
    }

    Usage grown(long more) {
      return new Usage(alerts, bytes + more);
    }
  }

  /** Opens the ledger with room for 100,000 alerts and 1 GiB. */
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

  /** Adds columns of later versions. Rows of version 1 have no time and count as old. */
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

  /** The result of an insertion. */
  public enum Inserted {
    NEW,
    /** There is already an alert with this id; it stays unchanged. */
    KNOWN,
    /** Protected alerts fill the room. */
    NO_ROOM
  }

  /**
   * A filter for a list of alerts; null means any. Without a rule, a list shows only the first
   * alert of each group, which summarises the others; with a rule it shows every match.
   */
  public record Filter(
      @Nullable String service,
      @Nullable String rule,
      @Nullable Level level,
      @Nullable String source) {}

  private record Row(long seq, AlertRecord alert) {}

  /** Inserts a new alert. */
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

  /** True if an alert from outside would be kept now. Call it before any work for such an alert. */
  public synchronized boolean hasRoomForOutside(Instant now) throws IOException {
    return hasRoom(true, 0, now.minus(PROTECTED).toEpochMilli());
  }

  /** Evicts unprotected alerts if necessary; true if there is room. */
  private boolean hasRoom(boolean fromOutside, long size, long unprotected) throws IOException {
    if (fromOutside && !fits(outside, size, maxAlerts / 2, maxBytes / 2)) {
      evict(" WHERE outside = 1", unprotected);
    }
    if (!fits(total(), size, maxAlerts, maxBytes)) {
      evict("", unprotected);
    }
    return fits(total(), size, maxAlerts, maxBytes)
        && (!fromOutside || fits(outside, size, maxAlerts / 2, maxBytes / 2));
  }

  private Usage total() {
    return new Usage(own.alerts() + outside.alerts(), own.bytes() + outside.bytes());
  }

  private static boolean fits(Usage usage, long size, long maxAlerts, long maxBytes) {
    return usage.alerts() < maxAlerts && usage.bytes() + size <= maxBytes;
  }

  /** Updates the record of an existing alert; its journal stays. */
  public synchronized void replace(AlertRecord alert) throws IOException {
    Stored before = stored(alert.alert().id());
    if (before != null) {
      update(alert, before, before.journal());
    }
  }

  /** Updates an alert with a longer journal, if there is room. */
  public synchronized void complete(AlertRecord alert, List<EventLine> journal) throws IOException {
    String events = Json.text(journal);
    Stored before = stored(alert.alert().id());
    if (before == null) {
      return;
    }
    long more = Math.max(0, events.length() - before.journal().length());
    long unprotected = alert.receivedAt().minus(PROTECTED).toEpochMilli();
    if (!hasRoom(before.fromOutside(), more, unprotected)) {
      refused.increment();
      return;
    }
    update(alert, before, events);
  }

  /** What is stored of an alert. */
  private record Stored(String record, String journal, boolean fromOutside) {
    long size() {
      return (long) record.length() + journal.length();
    }
  }

  private @Nullable Stored stored(Id alert) throws IOException {
    List<Stored> found =
        database.query(
            "SELECT record, journal, outside FROM alerts WHERE id = ?",
            row -> new Stored(row.getString(1), row.getString(2), row.getInt(3) == 1),
            alert.value());
    return found.isEmpty() ? null : found.get(0);
  }

  private void update(AlertRecord alert, Stored before, String journal) throws IOException {
    String record = Json.text(alert);
    long more = (long) record.length() + journal.length() - before.size();
    int updated =
        database.update(
            "UPDATE alerts SET record = ?, journal = ?, bytes = bytes + ? WHERE id = ?",
            record,
            journal,
            more,
            alert.alert().id().value());
    if (updated == 0) {
      return; // evicted to make room
    }
    if (before.fromOutside()) {
      outside = outside.grown(more);
    } else {
      own = own.grown(more);
    }
  }

  /** The alert, or null. */
  public @Nullable AlertRecord find(Id alert) throws IOException {
    List<Row> found =
        database.query(
            "SELECT seq, record FROM alerts WHERE id = ?", AlertLedger::row, alert.value());
    return found.isEmpty() ? null : found.get(0).alert();
  }

  /** The events that led to the alert, oldest first; empty also for an unknown alert. */
  public List<EventLine> journal(Id alert) throws IOException {
    List<EventLine[]> found =
        database.query(
            "SELECT journal FROM alerts WHERE id = ?",
            row -> Json.LENIENT.readValue(row.getString(1), EventLine[].class),
            alert.value());
    return found.isEmpty() ? List.of() : List.of(found.get(0));
  }

  /** A page of alerts, newest first; {@code before} is the previous page's {@link Page#next}. */
  public Page<AlertRecord> page(Filter filter, @Nullable Long before, int limit)
      throws IOException {
    StringBuilder sql = new StringBuilder("SELECT seq, record FROM alerts WHERE seq < ?");
    List<@Nullable Object> arguments = new ArrayList<>();
    arguments.add(before == null ? Long.MAX_VALUE : before);
    addCondition(sql, arguments, "service", filter.service());
    addCondition(sql, arguments, "rule", filter.rule());
    addCondition(sql, arguments, "level", filter.level() == null ? null : filter.level().word());
    addCondition(sql, arguments, "source", filter.source());
    if (filter.rule() == null) {
      sql.append(" AND part = 0");
    }
    sql.append(" ORDER BY seq DESC LIMIT ?");
    arguments.add(limit + 1);
    List<Row> rows = database.query(sql.toString(), AlertLedger::row, arguments.toArray());
    return Page.of(rows, limit, Row::alert, Row::seq);
  }

  /**
   * A page of alerts after {@code seq}, oldest first; {@link Page#next} is the position to continue
   * from.
   */
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

  /** The number of alerts. */
  public synchronized long count() {
    return total().alerts();
  }

  /** The number of evicted alerts since the start. */
  public long evicted() {
    return evicted.sum();
  }

  /** The number of refused alerts since the start. */
  public long refused() {
    return refused.sum();
  }

  /** Evicts some of the oldest alerts that are no longer protected. */
  private void evict(String condition, long unprotected) throws IOException {
    // At most a tenth at once, so that small limits work too.
    long batch = Math.max(1, Math.min(EVICT_AT_ONCE, total().alerts() / 10));
    int deleted =
        database.update(
            "DELETE FROM alerts WHERE at < ? AND seq IN (SELECT seq FROM alerts"
                + condition
                + " ORDER BY seq LIMIT ?)",
            unprotected,
            batch);
    evicted.add(deleted);
    if (deleted > 0) {
      recount();
    }
  }

  private void recount() throws IOException {
    own = usage(0);
    outside = usage(1);
  }

  private Usage usage(int fromOutside) throws IOException {
    return database
        .query(
            "SELECT count(*), coalesce(sum(bytes), 0) FROM alerts WHERE outside = ?",
            row -> new Usage(row.getLong(1), row.getLong(2)),
            fromOutside)
        .get(0);
  }

  private static void addCondition(
      StringBuilder sql, List<@Nullable Object> arguments, String column, @Nullable String value) {
    if (value != null) {
      sql.append(" AND ").append(column).append(" = ?");
      arguments.add(value);
    }
  }

  private static Row row(ResultRow row) throws SQLException, IOException {
    return new Row(row.getLong(1), Json.LENIENT.readValue(row.getString(2), AlertRecord.class));
  }
}
