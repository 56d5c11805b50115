package whorl.collector.store.records;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.Scope;
import whorl.collector.store.access.ScopedRows;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.ResultRow;
import whorl.collector.store.limits.LimitLock;
import whorl.evidence.Alert;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.channel.CaptureState;

/**
 * All captures, and the idempotency keys of their requests. Changes are durable when a method
 * returns. Thread-safe.
 */
public final class CaptureLedger {
  private static final String COLUMNS =
      "seq, id, agent, service, state, reason, alert, evidence, bytes, total, requested_at,"
          + " sealed_at, failure, ordered, artifacts, force";

  private static final int IDS_AT_ONCE = 100;
  private static final int SECOND_CHARS = 19;
  private static final String OPEN = "state IN ('requested', 'running', 'shipping')";

  private final Database database;
  private final ScopedRows rows;
  private volatile Listener listener = capture -> {};

  public CaptureLedger(Database database) {
    this.database = database;
    this.rows = new ScopedRows(database);
  }

  /** Is called with each capture that ends without its evidence, in the transaction of its end. */
  @FunctionalInterface
  public interface Listener {
    /** May be called more than once for a capture. */
    void failed(CaptureRecord capture) throws IOException;
  }

  /** From now on, this is called. */
  public void setListener(Listener called) {
    listener = called;
  }

  /**
   * A filter for a list of captures; null means any.
   *
   * @param from only what was requested then or later, to the second; as {@code to}
   * @param to only what was requested then or earlier
   */
  public record Filter(
      @Nullable Id agent,
      @Nullable String service,
      @Nullable CaptureState state,
      @Nullable Instant from,
      @Nullable Instant to) {
    /** A filter for any time. */
    public Filter(@Nullable Id agent, @Nullable String service, @Nullable CaptureState state) {
      this(agent, service, state, null, null);
    }
  }

  /**
   * The idempotency key of a request.
   *
   * @param key the client's key, prefixed with the name of its owner
   * @param body the digest of the request's body, to detect another request with the same key
   */
  public record OnceKey(String key, Digest body) {}

  /** The response under a key. */
  public record Remembered(Digest body, List<Id> captures) {}

  private record Row(long seq, CaptureRecord capture) {}

  /**
   * Inserts a capture that its agent has begun by itself.
   *
   * @param network the network of the agent's connection
   * @return false if there is a capture with this id already, which stays as it is
   */
  public boolean insertBegun(CaptureRecord capture, String network) throws IOException {
    return database.update(insertion(), row(capture, network)) > 0;
  }

  private String insertion() {
    return "INSERT INTO captures (id, agent, service, state, reason, alert, evidence, bytes, total,"
        + " requested_at, sealed_at, failure, ordered, artifacts, force, begun_from, touched_at)"
        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        + database.nowMillis()
        + ") ON CONFLICT (id) DO NOTHING";
  }

  /**
   * Inserts new captures and their idempotency key, all or none. A capture that another collector
   * has inserted already stays as it is.
   *
   * @return null; or what another request with the same key got, and then nothing is inserted
   */
  public @Nullable Remembered insert(
      List<CaptureRecord> captures, @Nullable OnceKey once, Instant now) throws IOException {
    List<Remembered> earlier =
        database.inTransaction(
            () -> {
              if (once != null && !insert(once, captures, now)) {
                return answers(once.key());
              }
              database.updateAll(
                  insertion(), captures.stream().map(each -> row(each, "")).toList());
              return List.of();
            });
    return earlier.isEmpty() ? null : earlier.get(0);
  }

  private boolean insert(OnceKey once, List<CaptureRecord> captures, Instant now)
      throws IOException {
    return database.update(
            "INSERT INTO idempotency_keys (key, body, captures, at) VALUES (?, ?, ?, ?)"
                + " ON CONFLICT (key) DO NOTHING",
            once.key(),
            once.body().hex(),
            String.join(" ", captures.stream().map(capture -> capture.id().value()).toList()),
            now.toEpochMilli())
        > 0;
  }

  /**
   * Updates the captures, all or none. A capture whose evidence is sealed changes only if {@code
   * captures} has it as sealed, too: another collector may have sealed it.
   */
  public void update(Collection<CaptureRecord> captures) throws IOException {
    database.inTransaction(
        () -> {
          // all collectors lock in this order
          for (CaptureRecord capture :
              captures.stream().sorted(Comparator.comparing(CaptureRecord::id)).toList()) {
            update(capture);
          }
          return captures.size();
        });
  }

  /**
   * Runs work that counts open captures and then inserts more; one collector at a time does.
   *
   * @return what the work returns
   */
  public <T> T counting(Database.Transaction<T> work) throws IOException {
    return database.inTransaction(
        () -> {
          LimitLock.CAPTURES.take(database);
          return work.run();
        });
  }

  /** Those of the captures that exist, in any order. */
  public List<CaptureRecord> findAll(Collection<Id> captures) throws IOException {
    List<CaptureRecord> found = new ArrayList<>();
    List<Id> all = List.copyOf(captures);
    for (int from = 0; from < all.size(); from += IDS_AT_ONCE) {
      List<Id> next = all.subList(from, Math.min(all.size(), from + IDS_AT_ONCE));
      database
          .query(
              "SELECT "
                  + COLUMNS
                  + " FROM captures WHERE id IN ("
                  + String.join(", ", Collections.nCopies(next.size(), "?"))
                  + ")",
              CaptureLedger::row,
              next.stream().map(Id::value).toArray())
          .forEach(row -> found.add(row.capture()));
    }
    return found;
  }

  /** The capture, or null. */
  public @Nullable CaptureRecord find(Id capture) throws IOException {
    List<Row> found =
        database.query(
            "SELECT " + COLUMNS + " FROM captures WHERE id = ?",
            CaptureLedger::row,
            capture.value());
    return found.isEmpty() ? null : found.get(0).capture();
  }

  /** The agents whose captures name this evidence, also before any of it has arrived. */
  public List<Id> agentsOf(Id evidence) throws IOException {
    return database.query(
        "SELECT DISTINCT agent FROM captures WHERE evidence = ?",
        row -> new Id(row.getString(1)),
        evidence.value());
  }

  /** The response under this key, or null. */
  public @Nullable Remembered remembered(String key) throws IOException {
    List<Remembered> found = answers(key);
    return found.isEmpty() ? null : found.get(0);
  }

  private List<Remembered> answers(String key) throws IOException {
    return database.query(
        "SELECT body, captures FROM idempotency_keys WHERE key = ?",
        row -> new Remembered(new Digest(row.getString(1)), ids(row.getString(2))),
        key);
  }

  /** All captures that have not ended, oldest first. */
  public List<CaptureRecord> open() throws IOException {
    return database
        .query(
            "SELECT " + COLUMNS + " FROM captures WHERE " + OPEN + " ORDER BY seq",
            CaptureLedger::row)
        .stream()
        .map(Row::capture)
        .toList();
  }

  /** The open captures of one agent, oldest first. */
  public List<CaptureRecord> openOf(Id agent) throws IOException {
    return database
        .query(
            "SELECT " + COLUMNS + " FROM captures WHERE agent = ? AND " + OPEN + " ORDER BY seq",
            CaptureLedger::row,
            agent.value())
        .stream()
        .map(Row::capture)
        .toList();
  }

  /** The number of open captures of one agent. */
  public int countOpenOf(Id agent) throws IOException {
    return count("agent = ?", agent.value());
  }

  /** The number of open captures of each agent that has some. */
  public Map<Id, Integer> countOpenByAgent() throws IOException {
    Map<Id, Integer> counts = new HashMap<>();
    database.query(
        "SELECT agent, count(*) FROM captures WHERE " + OPEN + " GROUP BY agent",
        row -> counts.put(new Id(row.getString(1)), row.getInt(2)));
    return counts;
  }

  /** The number of open captures that the collectors requested. */
  public int countOrdered() throws IOException {
    return count("ordered = ?", 1);
  }

  /** The number of open captures that agents began by themselves. */
  public int countBegun() throws IOException {
    return count("ordered = ?", 0);
  }

  /** The number of open captures that agents of one network began by themselves. */
  public int countBegunFrom(String network) throws IOException {
    return count("ordered = 0 AND begun_from = ?", network);
  }

  private int count(String condition, Object argument) throws IOException {
    return database
        .query(
            "SELECT count(*) FROM captures WHERE " + OPEN + " AND " + condition,
            row -> row.getInt(1),
            argument)
        .get(0);
  }

  /**
   * Records received bytes of an open capture, at a collector without the agent's channel.
   *
   * @param bytes in all
   */
  public void touch(Id capture, Id agent, long bytes) throws IOException {
    database.update(
        "UPDATE captures SET bytes = CASE WHEN bytes < ? THEN ? ELSE bytes END, touched_at = "
            + database.nowMillis()
            + " WHERE id = ? AND agent = ? AND "
            + OPEN,
        bytes,
        bytes,
        capture.value(),
        agent.value());
  }

  /** True if the capture was changed or received bytes within this time. */
  public boolean isTouchedWithin(Id capture, Duration time) throws IOException {
    return !database
        .query(
            "SELECT 1 FROM captures WHERE id = ? AND touched_at > " + database.nowMillis() + " - ?",
            row -> row.getInt(1),
            capture.value(),
            time.toMillis())
        .isEmpty();
  }

  /**
   * Open captures that were not touched within this time and whose agents are not connected to any
   * collector, oldest first; at most {@code limit}.
   */
  public List<CaptureRecord> abandoned(Duration time, int limit) throws IOException {
    return database
        .query(
            "SELECT "
                + COLUMNS
                + " FROM captures WHERE "
                + OPEN
                + " AND touched_at < "
                + database.nowMillis()
                + " - ? AND agent NOT IN (SELECT agent FROM connections) ORDER BY seq LIMIT ?",
            CaptureLedger::row,
            time.toMillis(),
            limit)
        .stream()
        .map(Row::capture)
        .toList();
  }

  /**
   * A page of the captures that the scope holds, newest first; {@code before} is the previous
   * page's {@link Page#next}.
   */
  public Page<CaptureRecord> page(Scope scope, Filter filter, @Nullable Long before, int limit)
      throws IOException {
    StringBuilder sql = new StringBuilder("seq < ?");
    List<@Nullable Object> arguments = new ArrayList<>();
    arguments.add(before == null ? Long.MAX_VALUE : before);
    if (filter.agent() != null) {
      sql.append(" AND agent = ?");
      arguments.add(filter.agent().value());
    }
    if (filter.service() != null) {
      sql.append(" AND service = ?");
      arguments.add(filter.service());
    }
    if (filter.state() != null) {
      sql.append(" AND state = ?");
      arguments.add(filter.state().word());
    }
    addTime(sql, arguments, " >= ?", filter.from());
    addTime(sql, arguments, " <= ?", filter.to());
    List<Row> found =
        rows.read(
            scope,
            new ScopedRows.Page(
                COLUMNS,
                "captures",
                sql.toString(),
                arguments,
                "seq DESC",
                limit + 1,
                filter.agent() != null),
            CaptureLedger::row);
    return Page.of(found, limit, Row::capture, Row::seq);
  }

  /** Times are texts with or without a fraction of a second, so their first characters count. */
  private static void addTime(
      StringBuilder sql, List<@Nullable Object> arguments, String order, @Nullable Instant time) {
    if (time != null) {
      sql.append(" AND substr(requested_at, 1, 19)").append(order);
      arguments.add(time.truncatedTo(ChronoUnit.SECONDS).toString().substring(0, SECOND_CHARS));
    }
  }

  /**
   * Forgets ended captures beyond {@code maxCaptures}, and keys older than {@code oldestKey}.
   *
   * @return the number of forgotten captures
   */
  public int forget(int maxCaptures, Instant oldestKey) throws IOException {
    return database.inTransaction(
        () -> {
          database.update("DELETE FROM idempotency_keys WHERE at < ?", oldestKey.toEpochMilli());
          return database.update(
              "DELETE FROM captures WHERE seq IN (SELECT seq FROM captures"
                  + " WHERE state NOT IN (?, ?, ?)"
                  // Any holder of an agent token can begin captures and let them fail, so those go
                  // first.
                  + " ORDER BY (ordered = 0 AND state = ?) DESC, seq"
                  + " LIMIT (SELECT CASE WHEN count(*) > ? THEN count(*) - ? ELSE 0 END"
                  + " FROM captures))",
              CaptureState.REQUESTED.word(),
              CaptureState.RUNNING.word(),
              CaptureState.SHIPPING.word(),
              CaptureState.FAILED.word(),
              maxCaptures,
              maxCaptures);
        });
  }

  private static @Nullable Object[] row(CaptureRecord capture, String network) {
    return new @Nullable Object[] {
      capture.id().value(),
      capture.agent().value(),
      capture.service(),
      capture.state().word(),
      capture.reason(),
      json(capture.alert()),
      text(capture.evidence()),
      capture.bytes(),
      capture.of(),
      capture.requestedAt().toString(),
      text(capture.sealedAt()),
      capture.failure(),
      capture.ordered() ? 1 : 0,
      Json.text(capture.artifacts()),
      capture.force() ? 1 : 0,
      network
    };
  }

  private void update(CaptureRecord capture) throws IOException {
    int updated =
        database.update(
            "UPDATE captures SET state = ?, reason = ?, alert = ?, evidence = ?, bytes = ?, total ="
                + " ?, sealed_at = ?, failure = ?, touched_at = "
                + database.nowMillis()
                + " WHERE id = ? AND (sealed_at IS NULL OR ? = 1)",
            capture.state().word(),
            capture.reason(),
            json(capture.alert()),
            text(capture.evidence()),
            capture.bytes(),
            capture.of(),
            text(capture.sealedAt()),
            capture.failure(),
            capture.id().value(),
            capture.sealedAt() == null ? 0 : 1);
    if (updated > 0
        && (capture.state() == CaptureState.FAILED || capture.state() == CaptureState.PARTIAL)) {
      listener.failed(capture);
    }
  }

  private static Row row(ResultRow row) throws SQLException, IOException {
    String alert = row.getString("alert");
    String evidence = row.getString("evidence");
    String sealedAt = row.getString("sealed_at");
    return new Row(
        row.getLong("seq"),
        new CaptureRecord(
            new Id(row.getString("id")),
            new Id(row.getString("agent")),
            row.getString("service"),
            CaptureState.of(row.getString("state")),
            row.getString("reason"),
            alert == null ? null : Json.LENIENT.readValue(alert, Alert.class),
            evidence == null ? null : new Id(evidence),
            row.getLong("bytes"),
            row.getLong("total"),
            Instant.parse(row.getString("requested_at")),
            sealedAt == null ? null : Instant.parse(sealedAt),
            row.getString("failure"),
            row.getInt("ordered") == 1,
            List.of(Json.LENIENT.readValue(row.getString("artifacts"), String[].class)),
            row.getInt("force") == 1));
  }

  private static List<Id> ids(String joined) {
    return joined.isEmpty() ? List.of() : List.of(joined.split(" ")).stream().map(Id::new).toList();
  }

  private static @Nullable String json(@Nullable Alert alert) {
    return alert == null ? null : Json.text(alert);
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }
}
