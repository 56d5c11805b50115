package whorl.collector.store.rules;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.Scope;
import whorl.collector.store.access.ScopedRows;
import whorl.collector.store.database.Database;
import whorl.collector.store.records.AlertRecord;
import whorl.evidence.Json;

/**
 * How often rules alerted, counted in the alerts that are kept of agents and of the collector
 * itself. Alerts from outside are not counted: anybody names their rules. Thread-safe.
 */
public final class RuleHitLedger {
  /** Rules are counted up to this number, those with the most alerts first. */
  public static final int RULES_MAX = 2_000;

  /** The span of each number of {@link #overTime}. */
  public static final Duration STEP = Duration.ofHours(6);

  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration WEEK = Duration.ofDays(7);
  private static final int STEPS = (int) (WEEK.toSeconds() / STEP.toSeconds());
  private static final int SERVICES_MAX = 50;
  private static final String OWN = "source IN ('whorl', 'collector')";
  private static final String COUNTS =
      "sum(CASE WHEN at >= ? THEN 1 ELSE 0 END), sum(CASE WHEN at >= ? THEN 1 ELSE 0 END),"
          + " count(*), max(at)";

  private final Database database;
  private final ScopedRows rows;

  public RuleHitLedger(Database database) {
    this.database = database;
    this.rows = new ScopedRows(database);
  }

  /**
   * The kept alerts of a rule.
   *
   * @param last when the newest came
   */
  public record Hits(long day, long week, long all, Instant last) {}

  private record Counted(String name, Hits hits) {}

  /** The alerts of each rule that the scope holds; rules without any are absent. */
  public Map<String, Hits> all(Scope scope, Instant now) throws IOException {
    return counts(scope, now, "rule", OWN, List.of(), RULES_MAX);
  }

  /** The alerts of this rule that the scope holds, by service; without a service, by {@code ""}. */
  public Map<String, Hits> byService(Scope scope, String rule, Instant now) throws IOException {
    return counts(
        scope, now, "coalesce(service, '')", "rule = ? AND " + OWN, List.of(rule), SERVICES_MAX);
  }

  private Map<String, Hits> counts(
      Scope scope, Instant now, String by, String where, List<String> values, int limit)
      throws IOException {
    ScopedRows.Within within = ScopedRows.within(scope);
    List<@Nullable Object> arguments = new ArrayList<>();
    arguments.add(now.minus(DAY).toEpochMilli());
    arguments.add(now.minus(WEEK).toEpochMilli());
    arguments.addAll(values);
    arguments.addAll(within.arguments());
    arguments.add(limit);
    Map<String, Hits> counts = new LinkedHashMap<>();
    for (Counted each :
        database.query(
            "SELECT "
                + by
                + ", "
                + COUNTS
                + " FROM alerts WHERE "
                + where
                + within.sql()
                + " GROUP BY "
                + by
                + " ORDER BY 4 DESC, 1 LIMIT ?",
            row ->
                new Counted(
                    row.getString(1),
                    new Hits(
                        row.getLong(2),
                        row.getLong(3),
                        row.getLong(4),
                        Instant.ofEpochMilli(row.getLong(5)))),
            arguments.toArray())) {
      counts.put(each.name(), each.hits());
    }
    return counts;
  }

  /**
   * The numbers of this rule's alerts in the last week.
   *
   * @param from the begin of the first step
   * @param counts one for each {@link #STEP}, the oldest first
   */
  public record OverTime(Instant from, List<Long> counts) {}

  /** The alerts of this rule that the scope holds, over the last week. */
  public OverTime overTime(Scope scope, String rule, Instant now) throws IOException {
    long step = STEP.toMillis();
    long first = now.toEpochMilli() / step - STEPS + 1;
    ScopedRows.Within within = ScopedRows.within(scope);
    List<@Nullable Object> arguments = new ArrayList<>(List.of(rule, first * step));
    arguments.addAll(within.arguments());
    Map<Long, Long> found = new TreeMap<>();
    database.query(
        "SELECT at / "
            + step
            + ", count(*) FROM alerts WHERE rule = ? AND at >= ? AND "
            + OWN
            + within.sql()
            + " GROUP BY at / "
            + step,
        row -> found.put(row.getLong(1), row.getLong(2)),
        arguments.toArray());
    List<Long> counts = new ArrayList<>();
    for (long at = first; at < first + STEPS; at++) {
      counts.add(found.getOrDefault(at, 0L));
    }
    return new OverTime(Instant.ofEpochMilli(first * step), counts);
  }

  /** The newest alert of this rule that the scope holds; null if there is none. */
  public @Nullable AlertRecord newest(Scope scope, String rule) throws IOException {
    List<AlertRecord> found =
        rows.read(
            scope,
            new ScopedRows.Page(
                "seq, at, record",
                "alerts",
                "rule = ? AND " + OWN,
                List.of(rule),
                "at DESC, seq DESC",
                1,
                true),
            row -> Json.LENIENT.readValue(row.getString(3), AlertRecord.class));
    return found.isEmpty() ? null : found.get(0);
  }
}
