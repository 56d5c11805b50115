package whorl.collector.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import whorl.evidence.Id;

/**
 * The agents' live journals: what an agent saw, kept here because its process may be gone the next
 * moment. Bounded for each agent and over all of them; the oldest events go first, and are counted.
 * Give it a file of its own, since it is written far more often than the catalog. Safe for use by
 * several threads.
 */
public final class JournalLedger {
  private static final int VERSION = 1;
  private static final int EVICT_AT_ONCE = 1_000;

  private final Database database;
  private final Limits limits;
  private final LongAdder evicted = new LongAdder();
  private final Map<Id, Kept> kept = new HashMap<>();
  private long totalBytes;

  public JournalLedger(Database database, Limits limits) throws IOException {
    this.database = database;
    this.limits = limits;
    LedgerSchema.prepare(
        database,
        "journal",
        VERSION,
        "CREATE TABLE IF NOT EXISTS journal (arrival INTEGER PRIMARY KEY AUTOINCREMENT,"
            + " agent TEXT NOT NULL, sequence INTEGER NOT NULL, bytes INTEGER NOT NULL,"
            + " line TEXT NOT NULL, UNIQUE (agent, sequence))");
    recount();
  }

  /** How much is kept. */
  public record Limits(int maxEventsPerAgent, long maxBytesPerAgent, long maxBytes) {
    /** 10,000 events and 8 MiB of each agent, 1 GiB of all. */
    public static final Limits DEFAULT = new Limits(10_000, 8L << 20, 1L << 30);
  }

  /**
   * One event.
   *
   * @param sequence of the agent; what is there already is not written twice
   * @param line its JSON
   */
  public record Entry(Id agent, long sequence, String line) {}

  private record Kept(long events, long bytes) {}

  private record Sum(Id agent, long events, long bytes) {}

  /** Writes all of them in one transaction; they are on disk when this returns. */
  public synchronized void append(List<Entry> entries) throws IOException {
    try {
      write(entries);
    } catch (IOException undone) {
      recount();
      throw undone;
    }
  }

  private void write(List<Entry> entries) throws IOException {
    Set<Id> touched = new HashSet<>();
    database.inTransaction(
        () -> {
          for (Entry entry : entries) {
            int length = entry.line().length();
            int inserted =
                database.update(
                    "INSERT OR IGNORE INTO journal (agent, sequence, bytes, line)"
                        + " VALUES (?, ?, ?, ?)",
                    entry.agent().value(),
                    entry.sequence(),
                    length,
                    entry.line());
            if (inserted == 1) {
              add(new Sum(entry.agent(), 1, length), 1);
              touched.add(entry.agent());
            }
          }
          for (Id agent : touched) {
            shorten(agent);
          }
          while (totalBytes > limits.maxBytes()) {
            evict("SELECT arrival FROM journal ORDER BY arrival LIMIT " + EVICT_AT_ONCE);
          }
          return entries.size();
        });
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

  /** How many bytes are kept. */
  public synchronized long bytes() {
    return totalBytes;
  }

  private void shorten(Id agent) throws IOException {
    Kept now = kept.getOrDefault(agent, new Kept(0, 0));
    while (now.events() > limits.maxEventsPerAgent() || now.bytes() > limits.maxBytesPerAgent()) {
      // by bytes: a tenth of what there is; by count: exactly what is too much
      long few = Math.max(1, now.events() / 10);
      if (now.bytes() <= limits.maxBytesPerAgent()) {
        few = now.events() - limits.maxEventsPerAgent();
      }
      evict(
          "SELECT arrival FROM journal WHERE agent = ? ORDER BY sequence LIMIT " + few,
          agent.value());
      now = kept.getOrDefault(agent, new Kept(0, 0));
    }
  }

  private void evict(String which, Object... arguments) throws IOException {
    for (Sum sum :
        sums(
            "SELECT agent, count(*), sum(bytes) FROM journal WHERE arrival IN ("
                + which
                + ") GROUP BY agent",
            arguments)) {
      add(sum, -1);
      evicted.add(sum.events());
    }
    database.update("DELETE FROM journal WHERE arrival IN (" + which + ")", arguments);
  }

  private void recount() throws IOException {
    kept.clear();
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
    Kept before = kept.getOrDefault(sum.agent(), new Kept(0, 0));
    Kept after =
        new Kept(before.events() + sign * sum.events(), before.bytes() + sign * sum.bytes());
    if (after.events() == 0) {
      kept.remove(sum.agent());
    } else {
      kept.put(sum.agent(), after);
    }
  }
}
