package whorl.collector.fleet.agents;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import whorl.collector.limit.Client;
import whorl.collector.limit.Quota;
import whorl.collector.store.records.JournalLedger;
import whorl.collector.store.records.JournalLedger.Entry;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Stores the agents' journals within a moment, many events in one write, so that an agent's events
 * outlive a SIGKILL of its process. All agents of one network together may use a quarter of the
 * queue, and half of the stored bytes in a day; one pod a quarter of that. Safe for use by several
 * threads.
 */
public final class Journals {
  private static final int MAX_LINE_CHARS = 64 << 10;

  /** Events in one write; other users get the database between writes. */
  private static final int EVENTS_PER_WRITE = 500;

  private static final long MAX_WAITING_CHARS = 32L << 20;

  private final JournalLedger ledger;
  private final FleetCounters counters;
  private final BooleanSupplier hasDiskSpace;
  private final Object queue = new Object();
  private List<Entry> queued = new ArrayList<>();
  private long queuedChars;
  private Map<String, Long> queuedCharsByClient = new HashMap<>();
  private final Quota kibibytesADay;

  /**
   * @param hasDiskSpace true while the disk has room for journals
   * @param kibibytesADay limits the room of the agents of one network
   */
  public Journals(
      JournalLedger ledger,
      FleetCounters counters,
      BooleanSupplier hasDiskSpace,
      Quota kibibytesADay) {
    this.ledger = ledger;
    this.counters = counters;
    this.hasDiskSpace = hasDiskSpace;
    this.kibibytesADay = kibibytesADay;
  }

  /**
   * Queues the events. Events without room are dropped and counted.
   *
   * @param client whom the limits count: the identity of the agent, or its network
   */
  public void add(Id agent, String client, List<EventLine> events) throws IOException {
    counters.journalEvents.add(events.size());
    List<Entry> entries = new ArrayList<>(events.size());
    long chars = 0;
    for (EventLine event : events) {
      String line = Json.text(event);
      if (line.length() > MAX_LINE_CHARS) {
        counters.droppedJournalEvents.increment();
      } else {
        entries.add(new Entry(agent, event.sequence(), line));
        chars += line.length();
      }
    }
    if (entries.isEmpty()) {
      return;
    }
    if (!hasDiskSpace.getAsBoolean()
        || !kibibytesADay.take(client, Client.cost(client, (int) (1 + (chars >> 10))))) {
      counters.droppedJournalEvents.add(entries.size());
      return;
    }
    for (Entry entry : entries) {
      if (!enqueue(client, entry)) {
        counters.droppedJournalEvents.increment();
      }
    }
  }

  /** Writes the queued events. Events that cannot be written are dropped and counted. */
  public synchronized void flush() throws IOException {
    List<Entry> batch;
    synchronized (queue) {
      if (queued.isEmpty()) {
        return;
      }
      batch = queued;
      queued = new ArrayList<>();
      queuedChars = 0;
      queuedCharsByClient = new HashMap<>();
    }
    int written = 0;
    try {
      while (written < batch.size()) {
        List<Entry> next =
            batch.subList(written, Math.min(batch.size(), written + EVENTS_PER_WRITE));
        ledger.append(next).values().forEach(counters.droppedJournalEvents::add);
        written += next.size();
      }
    } finally {
      counters.droppedJournalEvents.add(batch.size() - written);
    }
  }

  /** Returns the agent's events after {@code sequence}, oldest first. */
  List<Entry> after(Id agent, long sequence, int limit) throws IOException {
    flush();
    return ledger.after(agent, sequence, limit);
  }

  /** Returns the agent's last events, oldest first. */
  List<Entry> tail(Id agent, int limit) throws IOException {
    flush();
    return ledger.newest(agent, limit);
  }

  /** Returns the agent's last events, oldest first, without those that cannot be read any more. */
  public List<EventLine> newest(Id agent, int limit) throws IOException {
    flush();
    List<EventLine> events = new ArrayList<>();
    for (Entry entry : ledger.newest(agent, limit)) {
      try {
        events.add(Json.LENIENT.readValue(entry.line(), EventLine.class));
      } catch (JsonProcessingException unreadable) {
        counters.droppedJournalEvents.increment();
      }
    }
    return events;
  }

  private boolean enqueue(String client, Entry entry) {
    int chars = entry.line().length();
    synchronized (queue) {
      long clientChars = queuedCharsByClient.getOrDefault(client, 0L) + chars;
      if (queuedChars + chars > MAX_WAITING_CHARS
          || clientChars > MAX_WAITING_CHARS / 4 / Client.share(client)) {
        return false;
      }
      queued.add(entry);
      queuedChars += chars;
      queuedCharsByClient.put(client, clientChars);
      return true;
    }
  }
}
