package whorl.collector.store;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import whorl.evidence.Id;

/**
 * The agents' live journals: what an agent saw, kept here because its process may be gone the next
 * moment. Bounded for each agent and over all of them. Of each agent the first half of its room is
 * for what came first: that stays for a day, whatever comes. The other half always has the newest,
 * the oldest of which go first. What goes, and what there is no room for, is counted. Safe for use
 * by several threads.
 */
public final class JournalLedger {
  /** For how long what came first stays, whatever comes. */
  public static final Duration PROTECTED = Duration.ofDays(1);

  private static final Duration LOOK_AGAIN = Duration.ofMinutes(10);
  private static final int VERSION = 2;
  private static final int EVICT_AT_ONCE = 1_000;

  /** The time of events that may go whenever newer ones come. */
  private static final long ROLLING = 0;

  private final Database database;
  private final Limits limits;
  private final InstantSource clock;
  private final LongAdder evicted = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final Map<Id, Kept> kept = new HashMap<>();

  /**
   * What fills each agent's first half. It is counted in the data base every ten minutes, and by
   * what comes in between.
   */
  private final Map<Id, First> firsts = new HashMap<>();

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

  /** Rows of version 1 have no time, and are taken for old. */
  private static void addTimes(Database database) throws IOException {
    List<String> columns =
        database.query("PRAGMA table_info(journal)", row -> row.getString("name"));
    if (!columns.isEmpty() && !columns.contains("at")) {
      database.update("ALTER TABLE journal ADD COLUMN at INTEGER NOT NULL DEFAULT 0");
    }
  }

  /** How much is kept. */
  public record Limits(int maxEventsPerAgent, long maxBytesPerAgent, long maxBytes) {
    /** 50,000 events and 32 MiB of each agent, 4 GiB of all. */
    public static final Limits DEFAULT = new Limits(50_000, 32L << 20, 4L << 30);
  }

  /**
   * One event.
   *
   * @param sequence of the agent; what is there already is not written twice
   * @param line its JSON
   */
  public record Entry(Id agent, long sequence, String line) {}

  private record Kept(long events, long bytes) {}

  /**
   * The first of an agent's day.
   *
   * @param until when they are to be counted anew, in milliseconds
   */
  private record First(long events, long bytes, long until) {
    First and(int length) {
      return new First(events + 1, bytes + length, until);
    }
  }

  private static final Kept NOTHING = new Kept(0, 0);

  private record Sum(Id agent, long events, long bytes) {}

  /**
   * Writes them in one transaction, for which all else that this data base is asked for waits; they
   * are on disk when this returns.
   *
   * @return how many of each agent's there was no room for
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
    Map<Id, Integer> without = new HashMap<>();
    for (Entry entry : entries) {
      int length = entry.line().length();
      if (without.containsKey(entry.agent()) || !hasRoom(entry.agent(), length, unprotected)) {
        without.merge(entry.agent(), 1, Integer::sum);
        refused.increment();
        continue;
      }
      First first = first(entry.agent(), now);
      boolean isFirst = isOpen(first);
      int inserted =
          database.update(
              "INSERT OR IGNORE INTO journal (agent, sequence, bytes, line, at)"
                  + " VALUES (?, ?, ?, ?, ?)",
              entry.agent().value(),
              entry.sequence(),
              length,
              entry.line(),
              isFirst ? now : ROLLING);
      if (inserted == 1) {
        add(new Sum(entry.agent(), 1, length), 1);
        if (isFirst) {
          firsts.put(entry.agent(), first.and(length));
        }
      }
    }
    return without;
  }

  private First first(Id agent, long now) throws IOException {
    First known = firsts.get(agent);
    if (known != null && now < known.until()) {
      return known;
    }
    First counted =
        database
            .query(
                "SELECT count(*), coalesce(sum(bytes), 0) FROM journal WHERE agent = ? AND at >= ?",
                row -> new First(row.getLong(1), row.getLong(2), now + LOOK_AGAIN.toMillis()),
                agent.value(),
                now - PROTECTED.toMillis())
            .get(0);
    firsts.put(agent, counted);
    return counted;
  }

  /** Whether what comes now is one of them. */
  private boolean isOpen(First first) {
    return first.events() < limits.maxEventsPerAgent() / 2
        && first.bytes() < limits.maxBytesPerAgent() / 2;
  }

  /** Makes room by what is not, or no longer, protected. */
  private boolean hasRoom(Id agent, int length, long unprotected) throws IOException {
    if (!fits(agent, length)) {
      long few = Math.max(1, kept.getOrDefault(agent, NOTHING).events() / 20);
      evict(
          "SELECT arrival FROM journal WHERE agent = ? AND at < ? ORDER BY arrival LIMIT " + few,
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
    Kept now = kept.getOrDefault(agent, NOTHING);
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

  /** The agent's last events, oldest first, at most {@code limit}. */
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

  /** How many events were forgotten for want of room, since the start. */
  public long evicted() {
    return evicted.sum();
  }

  /** How many events there was no room for, since the start. */
  public long refused() {
    return refused.sum();
  }

  /** How many bytes are kept. */
  public synchronized long bytes() {
    return totalBytes;
  }

  private void evict(String which, Object... arguments) throws IOException {
    String those = " FROM journal WHERE arrival IN (" + which + ")";
    for (Sum sum :
        sums("SELECT agent, count(*), sum(bytes)" + those + " GROUP BY agent", arguments)) {
      add(sum, -1);
      evicted.add(sum.events());
    }
    database.update("DELETE" + those, arguments);
  }

  private void recount() throws IOException {
    kept.clear();
    firsts.clear();
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
    Kept before = kept.getOrDefault(sum.agent(), NOTHING);
    Kept after =
        new Kept(before.events() + sign * sum.events(), before.bytes() + sign * sum.bytes());
    if (after.events() == 0) {
      kept.remove(sum.agent());
      firsts.remove(sum.agent());
    } else {
      kept.put(sum.agent(), after);
    }
  }
}
