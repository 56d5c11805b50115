package whorl.collector.fleet;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import whorl.collector.limit.Rates;
import whorl.collector.store.JournalLedger;
import whorl.collector.store.JournalLedger.Entry;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Takes the agents' journals and has them on disk a moment later, many events in one write: what an
 * agent saw outlives a SIGKILL of its process. All agents behind one address together have a
 * quarter of the queue, and half of what is kept in a day. Safe for use by several threads.
 */
public final class Journals {
  private static final int MAX_LINE_CHARS = 64 << 10;

  /** Events in one write, between which others have the data base. */
  private static final int AT_ONCE = 500;

  private static final long MAX_WAITING_CHARS = 32L << 20;

  private final JournalLedger ledger;
  private final FleetCounters counters;
  private final BooleanSupplier room;
  private final Object queue = new Object();
  private List<Entry> waiting = new ArrayList<>();
  private long waitingChars;
  private Map<String, Long> waitingCharsOf = new HashMap<>();
  private final Rates kibibytesADay;

  /**
   * @param room whether the disk has room for journals
   * @param nanos as {@link System#nanoTime}
   */
  public Journals(
      JournalLedger ledger, FleetCounters counters, BooleanSupplier room, LongSupplier nanos) {
    this.ledger = ledger;
    this.counters = counters;
    this.room = room;
    this.kibibytesADay =
        new Rates((int) (ledger.limits().maxBytes() / 2 >> 10), Duration.ofDays(1), nanos);
  }

  /**
   * Queues the events; those for which there is no room are dropped and counted.
   *
   * @param network where they come from
   */
  void add(Id agent, String network, List<EventLine> events) {
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
    if (!room.getAsBoolean() || !kibibytesADay.take(network, (int) (1 + (chars >> 10)))) {
      counters.droppedJournalEvents.add(entries.size());
      return;
    }
    for (Entry entry : entries) {
      if (!queued(network, entry)) {
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
      waitingCharsOf = new HashMap<>();
    }
    int written = 0;
    try {
      while (written < batch.size()) {
        List<Entry> next = batch.subList(written, Math.min(batch.size(), written + AT_ONCE));
        ledger.append(next).values().forEach(counters.droppedJournalEvents::add);
        written += next.size();
      }
    } finally {
      counters.droppedJournalEvents.add(batch.size() - written);
    }
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

  private boolean queued(String network, Entry entry) {
    int chars = entry.line().length();
    synchronized (queue) {
      long ofNetwork = waitingCharsOf.getOrDefault(network, 0L) + chars;
      if (waitingChars + chars > MAX_WAITING_CHARS || ofNetwork > MAX_WAITING_CHARS / 4) {
        return false;
      }
      waiting.add(entry);
      waitingChars += chars;
      waitingCharsOf.put(network, ofNetwork);
      return true;
    }
  }
}
