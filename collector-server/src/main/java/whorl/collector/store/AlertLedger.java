package whorl.collector.store;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Level;

/**
 * Every alert with the events that led to it, bounded in number and bytes: the oldest go first, and
 * are counted. What was written is on disk when a method returns. Safe for use by several threads.
 */
public final class AlertLedger {
  private static final int VERSION = 1;
  private static final int EVICT_AT_ONCE = 100;
  private static final long MAX_ALERTS = 100_000;
  private static final long MAX_BYTES = 1L << 30;

  private final Database database;
  private final long maxAlerts;
  private final long maxBytes;
  private final LongAdder evicted = new LongAdder();
  private long alerts;
  private long bytes;

  /** With room for 100,000 alerts and 1 GiB. */
  public AlertLedger(Database database) throws IOException {
    this(database, MAX_ALERTS, MAX_BYTES);
  }

  public AlertLedger(Database database, long maxAlerts, long maxBytes) throws IOException {
    this.database = database;
    this.maxAlerts = maxAlerts;
    this.maxBytes = maxBytes;
    LedgerSchema.prepare(
        database,
        "alerts",
        VERSION,
        "CREATE TABLE IF NOT EXISTS alerts (seq INTEGER PRIMARY KEY AUTOINCREMENT,"
            + " id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, rule TEXT NOT NULL,"
            + " level TEXT NOT NULL, service TEXT, bytes INTEGER NOT NULL, record TEXT NOT NULL,"
            + " journal TEXT NOT NULL)");
    recount();
  }

  /** What a list of alerts is narrowed by; null means any. */
  public record Filter(
      @Nullable String service,
      @Nullable String rule,
      @Nullable Level level,
      @Nullable String source) {}

  private record Row(long seq, AlertRecord alert) {}

  /**
   * A new alert.
   *
   * @return false when an alert of this id is there already; it stays as it was
   */
  public synchronized boolean insert(AlertRecord alert, List<EventLine> journal)
      throws IOException {
    String record = Json.text(alert);
    String events = Json.text(journal);
    long size = (long) record.length() + events.length();
    int inserted =
        database.update(
            "INSERT OR IGNORE INTO alerts"
                + " (id, source, rule, level, service, bytes, record, journal)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            alert.alert().id().value(),
            alert.alert().source(),
            alert.alert().rule(),
            alert.alert().level().word(),
            alert.service(),
            size,
            record,
            events);
    if (inserted == 0) {
      return false;
    }
    alerts++;
    bytes += size;
    while (alerts > maxAlerts || (bytes > maxBytes && alerts > 1)) {
      evictOldest();
    }
    return true;
  }

  /** Writes anew what came of an alert that is there; its journal stays. */
  public synchronized void replace(AlertRecord alert) throws IOException {
    database.update(
        "UPDATE alerts SET record = ? WHERE id = ?", Json.text(alert), alert.alert().id().value());
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
    return alerts;
  }

  /** How many were forgotten for want of room, since the start. */
  public long evicted() {
    return evicted.sum();
  }

  private void evictOldest() throws IOException {
    // no more than a tenth at once, so that small limits hold too
    long few = Math.max(1, Math.min(EVICT_AT_ONCE, alerts / 10));
    int gone =
        database.update(
            "DELETE FROM alerts WHERE seq IN (SELECT seq FROM alerts ORDER BY seq LIMIT ?)", few);
    evicted.add(gone);
    recount();
  }

  private void recount() throws IOException {
    long[] sums =
        database
            .query(
                "SELECT count(*), coalesce(sum(bytes), 0) FROM alerts",
                row -> new long[] {row.getLong(1), row.getLong(2)})
            .get(0);
    alerts = sums[0];
    bytes = sums[1];
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
