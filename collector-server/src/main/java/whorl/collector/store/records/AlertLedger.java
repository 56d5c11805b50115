package whorl.collector.store.records;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.Scope;
import whorl.collector.store.access.ScopedRows;
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
 *
 * <p>Changes of several collectors take turns: each locks the row of {@link AlertUsage} first. So
 * the numbers of alerts grow in the order of their commits, and {@link #after} misses none.
 */
public final class AlertLedger {
  /** For how long an alert is protected from eviction. */
  public static final Duration PROTECTED = Duration.ofDays(1);

  /** The source of alerts that agents raised. */
  private static final String AGENTS_SOURCE = "whorl";

  private static final Set<String> OWN_SOURCES = Set.of(AGENTS_SOURCE, "collector");
  private static final int MAX_GROUPS = 200;
  private static final int EVICT_AT_ONCE = 100;
  private static final long MAX_ALERTS = 100_000;
  private static final long MAX_BYTES = 1L << 30;

  private final Database database;
  private final ScopedRows rows;
  private final AlertUsage.Limits limits;
  private final Groups groups;
  private volatile Listener listener = alert -> {};
  private final LongAdder evicted = new LongAdder();
  private final LongAdder refused = new LongAdder();

  /** Opens the ledger with room for 100,000 alerts and 1 GiB. */
  public AlertLedger(Database database) {
    this(database, MAX_ALERTS, MAX_BYTES);
  }

  public AlertLedger(Database database, long maxAlerts, long maxBytes) {
    this(database, maxAlerts, maxBytes, Groups.NONE);
  }

  /**
   * @param groups follows the alerts
   */
  public AlertLedger(Database database, long maxAlerts, long maxBytes, Groups groups) {
    this.groups = groups;
    this.database = database;
    this.rows = new ScopedRows(database);
    this.limits = new AlertUsage.Limits(maxAlerts, maxBytes);
  }

  /** Is called with each new alert, in the transaction that inserts it. */
  @FunctionalInterface
  public interface Listener {
    /** May be called more than once for an insertion: a transaction that failed runs again. */
    void inserted(AlertRecord alert) throws IOException;
  }

  /** From now on, this is called. */
  public void setListener(Listener called) {
    listener = called;
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

  /** Follows the alerts, in the transactions that change them. */
  public interface Groups {
    /** Follows nothing. */
    Groups NONE =
        new Groups() {
          @Override
          public void inserted(long seq, AlertRecord alert, @Nullable String repeats) {}

          @Override
          public void counted(Id first, AlertRecord more) {}

          @Override
          public void changed(AlertRecord alert) {}

          @Override
          public void evicted(Collection<Long> positions) {}
        };

    /**
     * An alert is new.
     *
     * @param seq its position
     * @param repeats equal for repetitions of one alert from outside; null for others
     */
    void inserted(long seq, AlertRecord alert, @Nullable String repeats) throws IOException;

    /** An alert is not kept, but counted with the first of its kind. */
    void counted(Id first, AlertRecord more) throws IOException;

    /** An alert has changed, such as its captures. */
    void changed(AlertRecord alert) throws IOException;

    /** The alerts at these positions were evicted. */
    void evicted(Collection<Long> positions) throws IOException;
  }

  /** Inserts a new alert. */
  public Inserted insert(AlertRecord alert, List<EventLine> journal) throws IOException {
    return insert(alert, journal, null);
  }

  /**
   * Inserts a new alert.
   *
   * @param repeats equal for repetitions of one alert from outside; null for others
   */
  public Inserted insert(AlertRecord alert, List<EventLine> journal, @Nullable String repeats)
      throws IOException {
    if (find(alert.alert().id()) != null) {
      return Inserted.KNOWN;
    }
    boolean fromOutside = !OWN_SOURCES.contains(alert.alert().source());
    String record = Json.text(alert);
    String events = Json.text(journal);
    long size = (long) record.length() + events.length();
    long now = alert.receivedAt().toEpochMilli();
    Inserted inserted =
        changing(
            (usage, gone) -> {
              AlertUsage room =
                  makeRoom(usage, fromOutside, size, now - PROTECTED.toMillis(), gone);
              if (!room.hasRoom(fromOutside, size, limits)) {
                room.write(database, usage);
                return Inserted.NO_ROOM;
              }
              Long seq = write(alert, fromOutside, size, record, events);
              if (seq == null) {
                room.write(database, usage);
                return Inserted.KNOWN; // by another collector, just now
              }
              groups.inserted(seq, alert, repeats);
              room.with(fromOutside, 1, size).write(database, usage);
              listener.inserted(alert);
              return Inserted.NEW;
            });
    if (inserted == Inserted.NO_ROOM) {
      refused.increment();
    }
    return inserted;
  }

  /** The position of the alert; null if there is one with this id. */
  private @Nullable Long write(
      AlertRecord alert, boolean fromOutside, long size, String record, String events)
      throws IOException {
    List<Long> written =
        database.query(
            "INSERT INTO alerts (id, source, rule, level, service, bytes, record, journal, at,"
                + " outside, part, agent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                + " ON CONFLICT (id) DO NOTHING RETURNING seq",
            row -> row.getLong(1),
            alert.alert().id().value(),
            alert.alert().source(),
            alert.alert().rule(),
            alert.alert().level().word(),
            alert.service(),
            size,
            record,
            events,
            alert.receivedAt().toEpochMilli(),
            fromOutside ? 1 : 0,
            alert.partOf() == null ? 0 : 1,
            alert.agent() == null ? null : alert.agent().value());
    return written.isEmpty() ? null : written.get(0);
  }

  /**
   * True if an alert from outside would be kept now; else it is counted as refused. Call it before
   * any work for such an alert.
   */
  public boolean hasRoomForOutside(Instant now) throws IOException {
    if (AlertUsage.read(database).hasRoom(true, 0, limits)) {
      return true;
    }
    boolean made =
        changing(
            (usage, gone) -> {
              AlertUsage room = makeRoom(usage, true, 0, now.minus(PROTECTED).toEpochMilli(), gone);
              room.write(database, usage);
              return room.hasRoom(true, 0, limits);
            });
    if (!made) {
      refused.increment();
    }
    return made;
  }

  /** Changes the record of an alert, unless it was evicted; its journal stays. */
  public void change(Id alert, UnaryOperator<AlertRecord> change) throws IOException {
    changing(
        (usage, gone) -> {
          change(usage, alert, change);
          return usage;
        });
  }

  /** Adds an alert that is not kept to the numbers of the first of its kind. */
  public void count(Id first, AlertRecord more) throws IOException {
    changing(
        (usage, gone) -> {
          change(usage, first, stored -> stored.with(more));
          groups.counted(first, more);
          return usage;
        });
  }

  private void change(AlertUsage usage, Id alert, UnaryOperator<AlertRecord> change)
      throws IOException {
    Stored before = stored(alert);
    if (before != null) {
      AlertRecord after = change.apply(before.alert());
      update(usage, usage, before, after, before.journal());
      groups.changed(after);
    }
  }

  /** Gives an alert a longer journal, if there is room. */
  public void complete(Id alert, List<EventLine> journal) throws IOException {
    String events = Json.text(journal);
    boolean written =
        changing(
            (usage, gone) -> {
              Stored before = stored(alert);
              if (before == null) {
                return true;
              }
              long more = Math.max(0, events.length() - before.journal().length());
              long unprotected = before.alert().receivedAt().minus(PROTECTED).toEpochMilli();
              AlertUsage room = makeRoom(usage, before.fromOutside(), more, unprotected, gone);
              if (!room.hasRoom(before.fromOutside(), more, limits)) {
                room.write(database, usage);
                return false;
              }
              update(usage, room, before, before.alert().withJournal(journal.size()), events);
              return true;
            });
    if (!written) {
      refused.increment();
    }
  }

  /** What is stored of an alert. */
  private record Stored(String record, AlertRecord alert, String journal, boolean fromOutside) {
    long size() {
      return (long) record.length() + journal.length();
    }
  }

  private @Nullable Stored stored(Id alert) throws IOException {
    List<Stored> found =
        database.query(
            "SELECT record, journal, outside FROM alerts WHERE id = ?",
            row ->
                new Stored(
                    row.getString(1),
                    Json.LENIENT.readValue(row.getString(1), AlertRecord.class),
                    row.getString(2),
                    row.getInt(3) == 1),
            alert.value());
    return found.isEmpty() ? null : found.get(0);
  }

  private void update(
      AlertUsage usage, AlertUsage room, Stored before, AlertRecord alert, String journal)
      throws IOException {
    String record = Json.text(alert);
    long more = (long) record.length() + journal.length() - before.size();
    int updated =
        database.update(
            "UPDATE alerts SET record = ?, journal = ?, bytes = bytes + ? WHERE id = ?",
            record,
            journal,
            more,
            alert.alert().id().value());
    // no row: evicted to make room
    (updated == 0 ? room : room.with(before.fromOutside(), 0, more)).write(database, usage);
  }

  /** The alert, or null. */
  public @Nullable AlertRecord find(Id alert) throws IOException {
    List<Row> found =
        database.query(
            "SELECT seq, record FROM alerts WHERE id = ?", AlertLedger::row, alert.value());
    return found.isEmpty() ? null : found.get(0).alert();
  }

  /**
   * The first alerts of the newest groups of alerts that this agent raised since a time, at most
   * 200, oldest first.
   */
  public List<AlertRecord> groups(Id agent, Instant since) throws IOException {
    return newest(agent, since, 0);
  }

  /** The newest alerts that belong to groups of this agent, at most 200, oldest first. */
  public List<AlertRecord> parts(Id agent, Instant since) throws IOException {
    return newest(agent, since, 1);
  }

  private List<AlertRecord> newest(Id agent, Instant since, int part) throws IOException {
    List<AlertRecord> newest =
        new ArrayList<>(
            database.query(
                "SELECT record FROM alerts WHERE agent = ? AND at >= ? AND source = ? AND part = ?"
                    + " ORDER BY at DESC, seq DESC LIMIT ?",
                row -> Json.LENIENT.readValue(row.getString(1), AlertRecord.class),
                agent.value(),
                since.toEpochMilli(),
                AGENTS_SOURCE,
                part,
                MAX_GROUPS));
    Collections.reverse(newest);
    return newest;
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

  /**
   * A page of the alerts that the scope holds, newest first; {@code before} is the previous page's
   * {@link Page#next}. It has at least 100 alerts, but fewer than {@code limit} if they are long.
   */
  public Page<AlertRecord> page(Scope scope, Filter filter, @Nullable Long before, int limit)
      throws IOException {
    StringBuilder sql = new StringBuilder("seq < ?");
    List<@Nullable Object> arguments = new ArrayList<>();
    arguments.add(before == null ? Long.MAX_VALUE : before);
    addCondition(sql, arguments, "service", filter.service());
    addCondition(sql, arguments, "rule", filter.rule());
    addCondition(sql, arguments, "level", filter.level() == null ? null : filter.level().word());
    addCondition(sql, arguments, "source", filter.source());
    if (filter.rule() == null) {
      sql.append(" AND part = 0");
    }
    String where = sql.toString();
    int fit =
        rows.fitting(
            scope,
            new ScopedRows.Page(
                "seq, bytes", "alerts", where, arguments, "seq DESC", limit, false));
    List<Row> found =
        rows.read(
            scope,
            new ScopedRows.Page(
                "seq, record", "alerts", where, arguments, "seq DESC", fit + 1, false),
            AlertLedger::row);
    return Page.of(found, fit, Row::alert, Row::seq);
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
  public long count() throws IOException {
    return AlertUsage.read(database).alerts();
  }

  /** The number of evicted alerts since the start. */
  public long evicted() {
    return evicted.sum();
  }

  /** The number of refused alerts since the start. */
  public long refused() {
    return refused.sum();
  }

  /** Changes alerts, with their usage locked. */
  private interface Change<T> {
    /**
     * @param gone counts evicted alerts
     */
    T apply(AlertUsage usage, AtomicLong gone) throws IOException;
  }

  private <T> T changing(Change<T> change) throws IOException {
    AtomicLong gone = new AtomicLong();
    T result =
        database.inTransaction(
            () -> {
              gone.set(0); // the work may run again
              return change.apply(AlertUsage.lock(database), gone);
            });
    evicted.add(gone.get());
    return result;
  }

  /** Evicts unprotected alerts if necessary; the result says whether there is room then. */
  private AlertUsage makeRoom(
      AlertUsage usage, boolean fromOutside, long size, long unprotected, AtomicLong gone)
      throws IOException {
    AlertUsage room = usage;
    if (fromOutside && !room.outsideFits(size, limits)) {
      room = evict(room, " WHERE outside = 1", unprotected, gone);
    }
    if (!room.fits(size, limits)) {
      room = evict(room, "", unprotected, gone);
    }
    return room;
  }

  /** Evicts some of the oldest alerts that are no longer protected. */
  private AlertUsage evict(AlertUsage usage, String condition, long unprotected, AtomicLong gone)
      throws IOException {
    // At most a tenth at once, so that small limits work too.
    long batch = Math.max(1, Math.min(EVICT_AT_ONCE, usage.alerts() / 10));
    AlertUsage left = usage;
    List<Long> positions = new ArrayList<>();
    for (Evicted each :
        database.query(
            "DELETE FROM alerts WHERE at < ? AND seq IN (SELECT seq FROM alerts"
                + condition
                + " ORDER BY seq LIMIT ?) RETURNING seq, outside, bytes",
            row ->
                new Evicted(
                    row.getLong(1), AlertUsage.NONE.with(row.getInt(2) == 1, 1, row.getLong(3))),
            unprotected,
            batch)) {
      left = left.minus(each.usage());
      positions.add(each.seq());
      gone.incrementAndGet();
    }
    groups.evicted(positions);
    return left;
  }

  private record Evicted(long seq, AlertUsage usage) {}

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
