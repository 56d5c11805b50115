package whorl.collector.store.records;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.Scope;
import whorl.collector.store.access.ScopedRows;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.LikePattern;
import whorl.collector.store.database.ResultRow;
import whorl.evidence.Id;

/**
 * The index of significant values and the places where they were seen, to find one intruder in
 * several JVMs. It can be rebuilt from timelines and alerts at any time. Bounded: the values unseen
 * for longest are evicted first and counted. Thread-safe.
 */
public final class IndicatorLedger {
  private static final long MAX_ROWS = 2_000_000;
  private static final int EVICT_AT_ONCE = 1_000;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** A collector of a later version may have written kinds that this one does not know. */
  private static final String KNOWN =
      Stream.of(IndicatorKind.values())
          .map(kind -> "'" + kind.word() + "'")
          .collect(Collectors.joining(", ", " AND kind IN (", ")"));

  private final Database database;
  private final long maxRows;
  private final UsageTotal total;
  private final LongAdder evicted = new LongAdder();

  /** Opens the ledger with room for two million values. */
  public IndicatorLedger(Database database) {
    this(database, MAX_ROWS);
  }

  public IndicatorLedger(Database database, long maxRows) {
    this.database = database;
    this.maxRows = maxRows;
    this.total = new UsageTotal(database, "indicators");
  }

  /**
   * The place where a value was seen.
   *
   * @param evidence null if an alert reported the value; then {@code alert} is not null
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

  /** A value and the place where it was seen. */
  public record Sighting(Indicator indicator, Origin origin) {}

  /** True if the values of this evidence are indexed. */
  public boolean knows(Id evidence) throws IOException {
    return !database
        .query(
            "SELECT 1 FROM indicator_origins WHERE origin = ?",
            row -> row.getInt(1),
            evidence.value())
        .isEmpty();
  }

  /** Replaces the values of one origin. */
  public void replace(Origin origin, List<Indicator> indicators) throws IOException {
    database.inTransaction(
        () -> {
          // this row makes collectors that replace the same origin take turns
          database.update(
              "INSERT INTO indicator_origins (origin) VALUES (?)"
                  + " ON CONFLICT (origin) DO UPDATE SET origin = excluded.origin",
              origin.id());
          long before = database.update("DELETE FROM indicators WHERE origin = ?", origin.id());
          long after = insert(indicators.stream().map(each -> new Sighting(each, origin)).toList());
          return total.add(after - before, 0);
        });
    evictOldest();
  }

  /** Adds values from alerts, and the position up to which the alerts have been read. */
  public void alerts(List<Sighting> sightings, long upTo) throws IOException {
    database.inTransaction(
        () -> {
          // this row makes collectors that read the same alerts take turns
          database.update(
              "INSERT INTO indicator_alerts (one, seq) VALUES (1, ?) ON CONFLICT (one) DO UPDATE"
                  + " SET seq = CASE WHEN excluded.seq > indicator_alerts.seq THEN excluded.seq"
                  + " ELSE indicator_alerts.seq END",
              upTo);
          long before = 0;
          for (int deleted :
              database.updateAll(
                  "DELETE FROM indicators WHERE kind = ? AND value = ? AND origin = ?",
                  sightings.stream().map(IndicatorLedger::key).toList())) {
            before += deleted;
          }
          return total.add(insert(sightings) - before, 0);
        });
    evictOldest();
  }

  /** The last position passed to {@link #alerts}; 0 in the beginning. */
  public long alertsReadUpTo() throws IOException {
    List<Long> known =
        database.query("SELECT seq FROM indicator_alerts WHERE one = 1", row -> row.getLong(1));
    return known.isEmpty() ? 0 : known.get(0);
  }

  /**
   * The places that the scope holds where this value was seen, last seen first. Each agent appears
   * once: with its latest evidence, or its latest alert if it has no evidence, and with the times
   * of all of them. A place without an agent appears by itself.
   *
   * @param except an agent to leave out; null for none
   */
  public List<Sighting> sightings(
      Scope scope, IndicatorKind kind, String value, @Nullable Id except, int limit)
      throws IOException {
    ScopedRows.Within within = ScopedRows.within(scope);
    List<@Nullable Object> arguments = new ArrayList<>();
    arguments.add(kind.word());
    arguments.add(value);
    arguments.add(except == null ? "none" : except.value());
    arguments.addAll(within.arguments());
    arguments.addAll(within.arguments());
    arguments.add(limit);
    return database.query(
        "SELECT origin, of_alert, agent, service, pod, first, last, all_count FROM (SELECT *,"
            + " min(first_seen) OVER who AS first, max(last_seen) OVER who AS last,"
            + " sum(count) OVER who AS all_count,"
            + " row_number() OVER (PARTITION BY coalesce(agent, origin)"
            + " ORDER BY of_alert, last_seen DESC, origin) AS place"
            + " FROM indicators WHERE kind = ? AND value = ? AND coalesce(agent, '') <> ?"
            + of(within)
            + " WINDOW who AS (PARTITION BY coalesce(agent, origin)))"
            + " AS ranked WHERE place = 1 ORDER BY last DESC, origin LIMIT ?",
        row -> sighting(kind, value, row),
        arguments.toArray());
  }

  /**
   * A value that a search found.
   *
   * @param jvms the number of JVMs where it was seen; a place without a JVM counts as one
   */
  public record Found(Indicator indicator, long jvms) {}

  /**
   * Values that contain this text, of what the scope holds; case does not matter. A value that is
   * the text comes first, then those last seen.
   *
   * @param kind null for any
   */
  public List<Found> search(Scope scope, String text, @Nullable IndicatorKind kind, int limit)
      throws IOException {
    ScopedRows.Within within = ScopedRows.within(scope);
    List<@Nullable Object> arguments = new ArrayList<>();
    arguments.add(LikePattern.containing(text));
    if (kind != null) {
      arguments.add(kind.word());
    }
    arguments.addAll(within.arguments());
    arguments.addAll(within.arguments());
    arguments.add(text.toLowerCase(Locale.ROOT));
    arguments.add(limit);
    return database.query(
        "SELECT kind, value, min(first_seen), max(last_seen), sum(count),"
            + " count(DISTINCT coalesce(agent, origin)) FROM indicators WHERE lower(value) "
            + LikePattern.CONDITION
            + (kind == null ? KNOWN : " AND kind = ?")
            + of(within)
            + " GROUP BY kind, value"
            + " ORDER BY CASE WHEN lower(value) = ? THEN 0 ELSE 1 END, max(last_seen) DESC, value"
            + " LIMIT ?",
        row ->
            new Found(
                new Indicator(
                    IndicatorKind.of(row.getString(1)),
                    row.getString(2),
                    instant(row.getLong(3)),
                    instant(row.getLong(4)),
                    row.getLong(5)),
                row.getLong(6)),
        arguments.toArray());
  }

  /** An origin is the id of evidence or of an alert; each of these has a column of that name. */
  private static String of(ScopedRows.Within within) {
    String place =
        " WHERE x.id = indicators.origin" + within.sql().replace("origin IN", "x.origin IN");
    return within.sql().isEmpty()
        ? ""
        : " AND ((of_alert = 0 AND EXISTS (SELECT 1 FROM evidence x"
            + place
            + ")) OR (of_alert = 1 AND EXISTS (SELECT 1 FROM alerts x"
            + place
            + ")))";
  }

  /** Forgets this evidence. */
  public void forget(Id evidence) throws IOException {
    database.inTransaction(
        () -> {
          database.update("DELETE FROM indicator_origins WHERE origin = ?", evidence.value());
          int deleted =
              database.update("DELETE FROM indicators WHERE origin = ?", evidence.value());
          return total.add(-deleted, 0);
        });
  }

  /** Forgets everything, before the index is rebuilt. */
  public void clear() throws IOException {
    database.inTransaction(
        () -> {
          database.update("DELETE FROM indicator_origins");
          database.update("DELETE FROM indicator_alerts");
          return total.add(-database.update("DELETE FROM indicators"), 0);
        });
  }

  /** The number of values. */
  public long count() throws IOException {
    return total.items();
  }

  /** The number of evicted values since the start. */
  public long evicted() {
    return evicted.sum();
  }

  /** Inserts new rows; of equal keys, the last counts. Returns the number of rows. */
  private long insert(List<Sighting> sightings) throws IOException {
    Map<String, @Nullable Object[]> rows = new TreeMap<>(); // all collectors lock in this order
    for (Sighting each : sightings) {
      Indicator indicator = each.indicator();
      rows.put(
          indicator.kind().word() + "\n" + each.origin().id() + "\n" + indicator.value(),
          row(each));
    }
    long inserted = 0;
    for (int each :
        database.updateAll(
            "INSERT INTO indicators (kind, value, origin, of_alert, agent, service, pod,"
                + " first_seen, last_seen, count) VALUES (?,?,?,?,?,?,?,?,?,?)"
                + " ON CONFLICT DO NOTHING",
            List.copyOf(rows.values()))) {
      inserted += each;
    }
    return inserted;
  }

  private static Object[] key(Sighting sighting) {
    return new Object[] {
      sighting.indicator().kind().word(), sighting.indicator().value(), sighting.origin().id()
    };
  }

  private static @Nullable Object[] row(Sighting sighting) {
    Indicator indicator = sighting.indicator();
    Origin origin = sighting.origin();
    return new @Nullable Object[] {
      indicator.kind().word(),
      indicator.value(),
      origin.id(),
      origin.evidence() == null ? 1 : 0,
      origin.agent() == null ? null : origin.agent().value(),
      origin.service(),
      origin.pod(),
      nanos(indicator.firstSeen()),
      nanos(indicator.lastSeen()),
      indicator.count()
    };
  }

  private void evictOldest() throws IOException {
    for (long excess = total.items() - maxRows; excess > 0; excess = total.items() - maxRows) {
      long limit = Math.min(EVICT_AT_ONCE, excess);
      int deleted =
          database.inTransaction(
              () -> {
                int gone =
                    database.update(
                        "DELETE FROM indicators WHERE (kind, value, origin) IN (SELECT kind, value,"
                            + " origin FROM indicators ORDER BY last_seen LIMIT ?)",
                        limit);
                total.add(-gone, 0);
                return gone;
              });
      evicted.add(deleted);
      if (deleted == 0) {
        return; // another collector evicts them
      }
    }
  }

  private static Sighting sighting(IndicatorKind kind, String value, ResultRow row)
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
