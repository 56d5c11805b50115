package whorl.collector.store.records;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import whorl.collector.store.access.Scope;
import whorl.collector.store.access.ScopedRows;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.LikePattern;
import whorl.evidence.Id;

/**
 * The agents' live journals, kept here because an agent's process may die at any moment. Bounded
 * per agent and in total. The first half of an agent's room is for its earliest events, which are
 * protected for a day. The other half holds the newest events; its oldest are evicted first.
 * Evicted and refused events are counted. Thread-safe.
 *
 * <p>Collectors that write events of the same agent take turns: each locks the agent's row of
 * {@code journal_usage} before it touches the agent's events. Agents are locked in the order of
 * their ids. Collectors that write at the same time may exceed the total by one write each.
 */
public final class JournalLedger {
  /** For how long the earliest events are protected from eviction. */
  public static final Duration PROTECTED = Duration.ofDays(1);

  private static final int EVICT_AT_ONCE = 1_000;

  private final Database database;
  private final Limits limits;
  private final InstantSource clock;
  private final UsageTotal total;
  private final LongAdder evicted = new LongAdder();
  private final LongAdder refused = new LongAdder();

  public JournalLedger(Database database, Limits limits, InstantSource clock) {
    this.database = database;
    this.limits = limits;
    this.clock = clock;
    this.total = new UsageTotal(database, "journal");
  }

  /** The ledger's limits. */
  public record Limits(int maxEventsPerAgent, long maxBytesPerAgent, long maxBytes) {
    /** 50,000 events and 32 MiB per agent, 4 GiB in total. */
    public static final Limits DEFAULT = new Limits(50_000, 32L << 20, 4L << 30);
  }

  /**
   * One event.
   *
   * @param sequence the agent's number for it; an existing event is not written again
   * @param line its JSON
   */
  public record Entry(Id agent, long sequence, String line) {}

  /**
   * Writes the events in one transaction. They are durable when this returns.
   *
   * @return the number of refused events of each agent
   */
  public Map<Id, Integer> append(List<Entry> entries) throws IOException {
    if (entries.isEmpty()) {
      return Map.of();
    }
    makeRoom(entries.stream().mapToLong(entry -> entry.line().length()).sum());
    JournalWrite written =
        database.inTransaction(
            () -> {
              JournalWrite write = new JournalWrite(database, limits, total, clock.millis());
              write.write(entries);
              return write;
            });
    evicted.add(written.evicted());
    written.refused().values().forEach(refused::add);
    return written.refused();
  }

  /** Evicts the oldest unprotected events of all agents until so many bytes more fit. */
  private void makeRoom(long bytes) throws IOException {
    long deleted = 1;
    while (deleted > 0 && total.bytes() + bytes > limits.maxBytes()) {
      deleted = database.inTransaction(this::evictOldest);
      evicted.add(deleted);
    }
  }

  private record Event(long arrival, String agent, long bytes) {}

  private long evictOldest() throws IOException {
    List<Event> oldest =
        events(
            "SELECT arrival, agent, bytes FROM journal WHERE at < ? ORDER BY at, arrival LIMIT ?",
            clock.millis() - PROTECTED.toMillis(),
            EVICT_AT_ONCE);
    if (oldest.isEmpty()) {
      return 0;
    }
    Object[] agents = oldest.stream().map(Event::agent).distinct().toArray();
    database.query(
        "SELECT 1 FROM journal_usage WHERE agent IN ("
            + marks(agents.length)
            + ") ORDER BY agent"
            + database.forUpdate(),
        row -> row.getInt(1),
        agents);
    List<Event> gone =
        events(
            "DELETE FROM journal WHERE arrival IN ("
                + marks(oldest.size())
                + ") RETURNING arrival, agent, bytes",
            oldest.stream().map(Event::arrival).toArray());
    Map<String, LongSummaryStatistics> byAgent =
        gone.stream()
            .collect(
                Collectors.groupingBy(
                    Event::agent, TreeMap::new, Collectors.summarizingLong(Event::bytes)));
    database.updateAll(
        "UPDATE journal_usage SET events = events - ?, bytes = bytes - ? WHERE agent = ?",
        byAgent.entrySet().stream()
            .map(
                each ->
                    new Object[] {
                      each.getValue().getCount(), each.getValue().getSum(), each.getKey()
                    })
            .toList());
    database.updateAll(
        "DELETE FROM journal_usage WHERE agent = ? AND events = 0",
        byAgent.keySet().stream().map(agent -> new Object[] {agent}).toList());
    total.add(-gone.size(), -gone.stream().mapToLong(Event::bytes).sum());
    return gone.size();
  }

  private List<Event> events(String sql, Object... arguments) throws IOException {
    return database.query(
        sql, row -> new Event(row.getLong(1), row.getString(2), row.getLong(3)), arguments);
  }

  private static String marks(int count) {
    return String.join(",", Collections.nCopies(count, "?"));
  }

  public Limits limits() {
    return limits;
  }

  /** The agent's events after {@code sequence}, oldest first, at most {@code limit}. */
  public List<Entry> after(Id agent, long sequence, int limit) throws IOException {
    return database.query(
        "SELECT sequence, line FROM journal WHERE agent = ? AND sequence > ?"
            + " ORDER BY sequence LIMIT ?",
        row -> new Entry(agent, row.getLong(1), row.getString(2)),
        agent.value(),
        sequence,
        limit);
  }

  /** The agent's newest events, oldest first, at most {@code limit}. */
  public List<Entry> newest(Id agent, int limit) throws IOException {
    List<Entry> newest =
        new ArrayList<>(
            database.query(
                "SELECT sequence, line FROM journal WHERE agent = ? ORDER BY sequence DESC LIMIT ?",
                row -> new Entry(agent, row.getLong(1), row.getString(2)),
                agent.value(),
                limit));
    Collections.reverse(newest);
    return newest;
  }

  /**
   * The newest events whose JSON contains this text, newest first; case does not matter.
   *
   * @param scope whose agents' events
   * @param newest how many of the newest events of all agents are looked at
   */
  public List<Entry> search(Scope scope, String text, long newest, int limit) throws IOException {
    ScopedRows.Within within = ScopedRows.within(scope);
    List<Object> arguments = new ArrayList<>();
    arguments.add(newest);
    arguments.add(LikePattern.containing(text));
    arguments.addAll(within.arguments());
    arguments.add(limit);
    return database.query(
        "SELECT agent, sequence, line FROM journal"
            + " WHERE arrival > (SELECT coalesce(max(arrival), 0) FROM journal) - ?"
            + " AND lower(line) "
            + LikePattern.CONDITION
            + (within.sql().isEmpty()
                ? ""
                : " AND agent IN (SELECT id FROM agents WHERE 1 = 1" + within.sql() + ")")
            + " ORDER BY arrival DESC LIMIT ?",
        row -> new Entry(new Id(row.getString(1)), row.getLong(2), row.getString(3)),
        arguments.toArray());
  }

  /**
   * An event with its place in the order of arrival.
   *
   * @param number grows with each event that arrives
   * @param sequence the agent's number for it
   * @param line its JSON
   */
  public record Arrival(long number, Id agent, long sequence, String line) {}

  /**
   * The events of all agents in the order of their arrival.
   *
   * @param after the number of the last one that is known
   * @param upTo the greatest number; not a time, because most events of an agent that sends very
   *     many have none here
   */
  public List<Arrival> arrivals(long after, long upTo, int limit) throws IOException {
    return database.query(
        "SELECT arrival, agent, sequence, line FROM journal WHERE arrival > ? AND arrival <= ?"
            + " ORDER BY arrival LIMIT ?",
        row ->
            new Arrival(row.getLong(1), new Id(row.getString(2)), row.getLong(3), row.getString(4)),
        after,
        upTo,
        limit);
  }

  /** The number of the event that arrived last; 0 if none did. */
  public long lastArrival() throws IOException {
    return database
        .query("SELECT coalesce(max(arrival), 0) FROM journal", row -> row.getLong(1))
        .get(0);
  }

  /** The number of evicted events since the start. */
  public long evicted() {
    return evicted.sum();
  }

  /** The number of refused events since the start. */
  public long refused() {
    return refused.sum();
  }

  /** The number of stored bytes. */
  public long bytes() throws IOException {
    return total.bytes();
  }
}
