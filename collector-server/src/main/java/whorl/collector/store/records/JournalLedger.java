package whorl.collector.store.records;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import whorl.collector.store.database.Database;
import whorl.evidence.Id;

/**
 * The agents' live journals, kept here because an agent's process may die at any moment. Bounded
 * per agent and in total. The first half of an agent's room is for its earliest events, which are
 * protected for a day. The other half holds the newest events; its oldest are evicted first.
 * Evicted and refused events are counted. Thread-safe.
 */
public final class JournalLedger {
  /** For how long the earliest events are protected from eviction. */
  public static final Duration PROTECTED = Duration.ofDays(1);

  private static final Duration RECOUNT_AFTER = Duration.ofMinutes(10);
  private static final int VERSION = 2;
  private static final int EVICT_AT_ONCE = 1_000;

  /** The time of unprotected events. */
  private static final long ROLLING = 0;

  private final Database database;
  private final Limits limits;
  private final InstantSource clock;
  private final LongAdder evicted = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final Map<Id, Usage> usageByAgent = new HashMap<>();

  /**
   * The protected events of each agent. They are counted in the database every ten minutes; events
   * in between are added.
   */
  private final Map<Id, ProtectedEvents> protectedByAgent = new HashMap<>();

  private long totalBytes;

  public JournalLedger(Database database, Limits limits, InstantSource clock) throws IOException {
    this.database = database;
    this.limits = limits;
    this.clock = clock;
    addTimes(database);
    LedgerSchema.prepare(
        database,
        "journal",
        VERSION,
        "CREATE TABLE IF NOT EXISTS journal (arrival INTEGER PRIMARY KEY AUTOINCREMENT,"
            + " agent TEXT NOT NULL, sequence INTEGER NOT NULL, bytes INTEGER NOT NULL,"
            + " line TEXT NOT NULL, at INTEGER NOT NULL DEFAULT 0, UNIQUE (agent, sequence))",
        "CREATE INDEX IF NOT EXISTS journal_at ON journal (at)",
        "CREATE INDEX IF NOT EXISTS journal_agent_at ON journal (agent, at)");
    recount();
  }

  /** Adds columns of later versions. Rows of version 1 have no time and count as old. */
  private static void addTimes(Database database) throws IOException {
    List<String> columns =
        database.query("PRAGMA table_info(journal)", row -> row.getString("name"));
    if (!columns.isEmpty() && !columns.contains("at")) {
      database.update("ALTER TABLE journal ADD COLUMN at INTEGER NOT NULL DEFAULT 0");
    }
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

  private record Usage(long events, long bytes) {}

  /**
   * An agent's protected events.
   *
   * @param until the time in milliseconds at which they are to be counted again
   */
  private record ProtectedEvents(long events, long bytes, long until) {
    ProtectedEvents plus(int length) {
      return new ProtectedEvents(events + 1, bytes + length, until);
    }
  }

  private static final Usage NOTHING = new Usage(0, 0);

  private record Sum(Id agent, long events, long bytes) {}

  /**
   * Writes the events in one transaction, while all other users of this database wait. They are
   * durable when this returns.
   *
   * @return the number of refused events of each agent
   */
  public synchronized Map<Id, Integer> append(List<Entry> entries) throws IOException {
    try {
      return database.inTransaction(() -> write(entries));
    } catch (IOException undone) {
      recount();
      throw undone;
    }
  }

  private Map<Id, Integer> write(List<Entry> entries) throws IOException {
    long now = clock.millis();
    long unprotected = now - PROTECTED.toMillis();
    Map<Id, Integer> refusedByAgent = new HashMap<>();
    for (Entry entry : entries) {
      int length = entry.line().length();
      if (refusedByAgent.containsKey(entry.agent())
          || !hasRoom(entry.agent(), length, unprotected)) {
        refusedByAgent.merge(entry.agent(), 1, Integer::sum);
        refused.increment();
        continue;
      }
      ProtectedEvents earliest = protectedEvents(entry.agent(), now);
      boolean isProtected = hasProtectedRoom(earliest);
      int inserted =
          database.update(
              "INSERT OR IGNORE INTO journal (agent, sequence, bytes, line, at)"
                  + " VALUES (?, ?, ?, ?, ?)",
              entry.agent().value(),
              entry.sequence(),
              length,
              entry.line(),
              isProtected ? now : ROLLING);
      if (inserted == 1) {
        add(new Sum(entry.agent(), 1, length), 1);
        if (isProtected) {
          protectedByAgent.put(entry.agent(), earliest.plus(length));
        }
      }
    }
    return refusedByAgent;
  }

  private ProtectedEvents protectedEvents(Id agent, long now) throws IOException {
    ProtectedEvents known = protectedByAgent.get(agent);
    if (known != null && now < known.until()) {
      return known;
    }
    ProtectedEvents counted =
        database
            .query(
                "SELECT count(*), coalesce(sum(bytes), 0) FROM journal WHERE agent = ? AND at >= ?",
                row ->
                    new ProtectedEvents(
                        row.getLong(1), row.getLong(2), now + RECOUNT_AFTER.toMillis()),
                agent.value(),
                now - PROTECTED.toMillis())
            .get(0);
    protectedByAgent.put(agent, counted);
    return counted;
  }

  /** True if the next event is protected. */
  private boolean hasProtectedRoom(ProtectedEvents earliest) {
    return earliest.events() < limits.maxEventsPerAgent() / 2
        && earliest.bytes() < limits.maxBytesPerAgent() / 2;
  }

  /** Evicts unprotected events if necessary; true if there is room. */
  private boolean hasRoom(Id agent, int length, long unprotected) throws IOException {
    if (!fits(agent, length)) {
      long limit = Math.max(1, usageByAgent.getOrDefault(agent, NOTHING).events() / 20);
      evict(
          "SELECT arrival FROM journal WHERE agent = ? AND at < ? ORDER BY arrival LIMIT " + limit,
          agent.value(),
          unprotected);
    }
    if (totalBytes + length > limits.maxBytes()) {
      evict(
          "SELECT arrival FROM journal WHERE at < ? ORDER BY at, arrival LIMIT " + EVICT_AT_ONCE,
          unprotected);
    }
    return fits(agent, length) && totalBytes + length <= limits.maxBytes();
  }

  private boolean fits(Id agent, int length) {
    Usage now = usageByAgent.getOrDefault(agent, NOTHING);
    return now.events() < limits.maxEventsPerAgent()
        && now.bytes() + length <= limits.maxBytesPerAgent();
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

  /** The number of evicted events since the start. */
  public long evicted() {
    return evicted.sum();
  }

  /** The number of refused events since the start. */
  public long refused() {
    return refused.sum();
  }

  /** The number of stored bytes. */
  public synchronized long bytes() {
    return totalBytes;
  }

  private void evict(String which, Object... arguments) throws IOException {
    String matching = " FROM journal WHERE arrival IN (" + which + ")";
    for (Sum sum :
        sums("SELECT agent, count(*), sum(bytes)" + matching + " GROUP BY agent", arguments)) {
      add(sum, -1);
      evicted.add(sum.events());
    }
    database.update("DELETE" + matching, arguments);
  }

  private void recount() throws IOException {
    usageByAgent.clear();
    protectedByAgent.clear();
    totalBytes = 0;
    for (Sum sum : sums("SELECT agent, count(*), sum(bytes) FROM journal GROUP BY agent")) {
      add(sum, 1);
    }
  }

  private List<Sum> sums(String sql, Object... arguments) throws IOException {
    return database.query(
        sql, row -> new Sum(new Id(row.getString(1)), row.getLong(2), row.getLong(3)), arguments);
  }

  private void add(Sum sum, int sign) {
    totalBytes += sign * sum.bytes();
    Usage before = usageByAgent.getOrDefault(sum.agent(), NOTHING);
    Usage after =
        new Usage(before.events() + sign * sum.events(), before.bytes() + sign * sum.bytes());
    if (after.events() == 0) {
      usageByAgent.remove(sum.agent());
      protectedByAgent.remove(sum.agent());
    } else {
      usageByAgent.put(sum.agent(), after);
    }
  }
}
