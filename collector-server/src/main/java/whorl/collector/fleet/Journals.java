package whorl.collector.fleet;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import whorl.collector.store.JournalLedger;
import whorl.collector.store.JournalLedger.Entry;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Takes the agents' journals and has them on disk a moment later, many events in one write: what an
 * agent saw outlives a SIGKILL of its process. Safe for use by several threads.
 */
public final class Journals {
  private static final int MAX_LINE_CHARS = 64 << 10;
  private static final long MAX_WAITING_CHARS = 32L << 20;

  private final JournalLedger ledger;
  private final FleetCounters counters;
  private final BooleanSupplier room;
  private final Object queue = new Object();
  private List<Entry> waiting = new ArrayList<>();
  private long waitingChars;

  /**
   * @param room whether the disk has room for journals
   */
  public Journals(JournalLedger ledger, FleetCounters counters, BooleanSupplier room) {
    this.ledger = ledger;
    this.counters = counters;
    this.room = room;
  }

  /** Queues the events; those for which there is no room are dropped and counted. */
  void add(Id agent, List<EventLine> events) {
    if (!room.getAsBoolean()) {
      counters.journalEvents.add(events.size());
      counters.droppedJournalEvents.add(events.size());
      return;
    }
    for (EventLine event : events) {
      String line = Json.text(event);
      counters.journalEvents.increment();
      if (line.length() > MAX_LINE_CHARS || !queued(new Entry(agent, event.sequence(), line))) {
        counters.droppedJournalEvents.increment();
      }
    }
  }

  /** Writes what waits; what cannot be written is dropped and counted. */
  synchronized void flush() throws IOException {
    List<Entry> batch;
    synchronized (queue) {
      if (waiting.isEmpty()) {
        return;
      }
      batch = waiting;
      waiting = new ArrayList<>();
      waitingChars = 0;
    }
    Map<Id, Integer> refused;
    try {
      refused = ledger.append(batch);
    } catch (IOException e) {
      counters.droppedJournalEvents.add(batch.size());
      throw e;
    }
    refused.values().forEach(counters.droppedJournalEvents::add);
  }

  /** The agent's events after {@code sequence}, oldest first. */
  List<Entry> after(Id agent, long sequence, int limit) throws IOException {
    flush();
    return ledger.after(agent, sequence, limit);
  }

  /** The agent's last events, oldest first. */
  List<Entry> tail(Id agent, int limit) throws IOException {
    flush();
    return ledger.newest(agent, limit);
  }

  /** The last that the agent told, oldest first; what cannot be read any more is left out. */
  List<EventLine> newest(Id agent, int limit) throws IOException {
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

  private boolean queued(Entry entry) {
    synchronized (queue) {
      if (waitingChars + entry.line().length() > MAX_WAITING_CHARS) {
        return false;
      }
      waiting.add(entry);
      waitingChars += entry.line().length();
      return true;
    }
  }
}
