package whorl.collector.store.records;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import whorl.collector.store.database.Database;
import whorl.collector.store.records.JournalLedger.Entry;
import whorl.collector.store.records.JournalLedger.Limits;
import whorl.evidence.Id;

/**
 * One write of events, inside a transaction. It locks and reads the usage of all its agents in one
 * statement, inserts as many events as fit in one batch, and writes the usage back in another. Only
 * agents whose room is full cost more statements.
 */
final class JournalWrite {
  private static final Duration RECOUNT_AFTER = Duration.ofMinutes(10);

  /** The time of unprotected events. */
  private static final long ROLLING = 0;

  private final Database database;
  private final Limits limits;
  private final UsageTotal total;
  private final long now;
  private final Map<Id, JournalUsage> usages = new HashMap<>();
  private final Map<Id, Integer> refused = new HashMap<>();
  private final List<Pending> pending = new ArrayList<>();
  private long freeBytes;
  private long addedEvents;
  private long addedBytes;
  private long evicted;

  /** An event that fits, and is not inserted yet. */
  private record Pending(Entry entry, boolean isProtected) {}

  JournalWrite(Database database, Limits limits, UsageTotal total, long now) {
    this.database = database;
    this.limits = limits;
    this.total = total;
    this.now = now;
  }

  long evicted() {
    return evicted;
  }

  /** The number of refused events of each agent. */
  Map<Id, Integer> refused() {
    return refused;
  }

  void write(List<Entry> entries) throws IOException {
    lock(entries.stream().map(Entry::agent).distinct().sorted().toList());
    freeBytes = limits.maxBytes() - total.bytes();
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      if (refused.containsKey(entry.agent()) || !hasRoom(entry, entries.size() - i)) {
        refused.merge(entry.agent(), 1, Integer::sum);
      } else {
        JournalUsage usage = usage(entry.agent());
        boolean isProtected = usage.protectsNext(limits);
        pending.add(new Pending(entry, isProtected));
        usages.put(entry.agent(), usage.plus(entry.line().length(), isProtected));
        freeBytes -= entry.line().length();
      }
    }
    insert();
    database.updateAll(
        "UPDATE journal_usage SET events = ?, bytes = ?, protected_events = ?,"
            + " protected_bytes = ?, recount_at = ? WHERE agent = ?",
        usages.entrySet().stream().map(each -> row(each.getKey(), each.getValue())).toList());
    total.add(addedEvents, addedBytes);
  }

  private static Object[] row(Id agent, JournalUsage usage) {
    return new Object[] {
      usage.events(),
      usage.bytes(),
      usage.protectedEvents(),
      usage.protectedBytes(),
      usage.recountAt(),
      agent.value()
    };
  }

  private JournalUsage usage(Id agent) {
    return Objects.requireNonNull(usages.get(agent));
  }

  /** Locks the usage of the agents, in this order, and reads it. */
  private void lock(List<Id> agents) throws IOException {
    String values = String.join(",", Collections.nCopies(agents.size(), "(?, 0, 0, 0, 0, 0)"));
    database.query(
        "INSERT INTO journal_usage"
            + " (agent, events, bytes, protected_events, protected_bytes, recount_at) VALUES "
            + values
            + " ON CONFLICT (agent) DO UPDATE SET agent = excluded.agent"
            + " RETURNING agent, events, bytes, protected_events, protected_bytes, recount_at",
        row ->
            usages.put(
                new Id(row.getString(1)),
                new JournalUsage(
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5),
                    row.getLong(6))),
        agents.stream().map(Id::value).toArray());
    for (Id agent : agents) {
      JournalUsage usage = usage(agent);
      if (now >= usage.recountAt()) {
        usages.put(agent, recounted(agent, usage));
      }
    }
  }

  private JournalUsage recounted(Id agent, JournalUsage usage) throws IOException {
    long next = now + RECOUNT_AFTER.toMillis();
    if (usage.events() == 0) {
      return usage.recounted(0, 0, next);
    }
    return database
        .query(
            "SELECT count(*), coalesce(sum(bytes), 0) FROM journal WHERE agent = ? AND at >= ?",
            row -> usage.recounted(row.getLong(1), row.getLong(2), next),
            agent.value(),
            now - JournalLedger.PROTECTED.toMillis())
        .get(0);
  }

  /**
   * Evicts the agent's unprotected events if necessary; true if there is room.
   *
   * @param remaining the number of events that are to be written, all agents together
   */
  private boolean hasRoom(Entry entry, int remaining) throws IOException {
    int length = entry.line().length();
    long gone = 1;
    while (gone > 0 && !usage(entry.agent()).fits(length, limits)) {
      insert(); // what is evicted next may be an event of this write
      gone = usage(entry.agent()).fits(length, limits) ? 1 : evict(entry.agent(), remaining);
    }
    return usage(entry.agent()).fits(length, limits) && length <= freeBytes;
  }

  private long evict(Id agent, int remaining) throws IOException {
    JournalUsage usage = usage(agent);
    long missing = usage.events() + remaining - limits.maxEventsPerAgent();
    long limit = Math.max(1, Math.max(usage.events() / 20, missing));
    List<Long> gone =
        database.query(
            "DELETE FROM journal WHERE arrival IN (SELECT arrival FROM journal"
                + " WHERE agent = ? AND at < ? ORDER BY arrival LIMIT ?) RETURNING bytes",
            row -> row.getLong(1),
            agent.value(),
            now - JournalLedger.PROTECTED.toMillis(),
            limit);
    for (long bytes : gone) {
      usage = usage.minus(bytes, false);
      addedBytes -= bytes;
      freeBytes += bytes;
    }
    addedEvents -= gone.size();
    evicted += gone.size();
    usages.put(agent, usage);
    return gone.size();
  }

  /** Inserts what is pending. An event that exists already takes no room. */
  private void insert() throws IOException {
    int[] inserted =
        database.updateAll(
            "INSERT INTO journal (agent, sequence, bytes, line, at) VALUES (?, ?, ?, ?, ?)"
                + " ON CONFLICT DO NOTHING",
            pending.stream().map(this::row).toList());
    for (int i = 0; i < inserted.length; i++) {
      Pending each = pending.get(i);
      int length = each.entry().line().length();
      if (inserted[i] == 1) {
        addedEvents++;
        addedBytes += length;
      } else {
        Id agent = each.entry().agent();
        usages.put(agent, usage(agent).minus(length, each.isProtected()));
        freeBytes += length;
      }
    }
    pending.clear();
  }

  private Object[] row(Pending each) {
    Entry entry = each.entry();
    return new Object[] {
      entry.agent().value(),
      entry.sequence(),
      entry.line().length(),
      entry.line(),
      each.isProtected() ? now : ROLLING
    };
  }
}
