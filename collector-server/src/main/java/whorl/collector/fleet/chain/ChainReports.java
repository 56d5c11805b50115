package whorl.collector.fleet.chain;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.recent.RecentMap;
import whorl.collector.store.chain.ChainLedger;
import whorl.evidence.AgentIdentity;
import whorl.evidence.EventLine;
import whorl.evidence.Id;

/**
 * Raises alerts for what is wrong with chains: for each agent and fault one in an hour, at all
 * collectors together; for each fault at most twenty in ten minutes at this one, and one for the
 * rest. Findings may come on any thread; alerts are raised by {@link #raise}.
 */
final class ChainReports {
  static final int MAX_SINGLE_ALERTS = 20;
  private static final Duration SILENCE = Duration.ofHours(1);
  private static final long WINDOW_NANOS = Duration.ofMinutes(10).toNanos();
  private static final int MAX_WAITING = 10_000;
  private static final int MAX_REMEMBERED = 20_000;
  static final int JOURNAL_EVENTS = 256;

  private final ChainLedger ledger;
  private final Chains.JournalTail journals;
  private final ChainAlertSink sink;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final ChainCounters counters;

  /** Guarded by this. */
  private final Map<Key, Waiting> waiting = new LinkedHashMap<>();

  /** When alerts were raised here, so that the ledger is not asked for each finding. */
  private final Map<Key, Long> raisedNanos = RecentMap.byAddition(MAX_REMEMBERED);

  /** Used only by {@link #raise}, as are the following fields. */
  private final Map<ChainFault, Integer> singles = new EnumMap<>(ChainFault.class);

  private final Map<ChainFault, Long> more = new EnumMap<>(ChainFault.class);
  private long windowNanos;

  private record Key(Id agent, ChainFault fault) {}

  private record Waiting(AgentIdentity agent, ChainFinding last, long count, long messages) {
    Waiting and(ChainFinding next) {
      return new Waiting(agent, next, count + 1, messages + next.messages());
    }
  }

  ChainReports(
      ChainLedger ledger,
      Chains.JournalTail journals,
      ChainAlertSink sink,
      InstantSource clock,
      LongSupplier nanos,
      ChainCounters counters) {
    this.ledger = ledger;
    this.journals = journals;
    this.sink = sink;
    this.clock = clock;
    this.nanos = nanos;
    this.counters = counters;
    this.windowNanos = nanos.getAsLong();
  }

  /** Has an alert raised soon, unless there was one within the hour. */
  synchronized void found(AgentIdentity agent, ChainFinding finding) {
    Key key = new Key(agent.id(), finding.fault());
    Long raised = raisedNanos.get(key);
    Waiting earlier = waiting.get(key);
    if (earlier != null) {
      waiting.put(key, earlier.and(finding));
    } else if (raised != null && nanos.getAsLong() - raised < SILENCE.toNanos()) {
      counters.unreported.increment();
    } else if (waiting.size() >= MAX_WAITING) {
      counters.unreported.increment();
    } else {
      waiting.put(key, new Waiting(agent, finding, 1, finding.messages()));
    }
  }

  /** Raises the alerts that are due; called every second by one thread. */
  void raise() throws IOException {
    long now = nanos.getAsLong();
    if (now - windowNanos > WINDOW_NANOS) {
      windowNanos = now;
      singles.clear();
      for (ChainFault fault : ChainFault.values()) {
        Long count = more.get(fault);
        if (count != null) {
          sink.chainFault(ChainAlerts.ofMany(fault, count, clock), null, List.of());
          more.remove(fault);
        }
      }
    }
    for (Map.Entry<Key, Waiting> next = first(); next != null; next = first()) {
      raise(next.getKey(), next.getValue());
    }
  }

  private synchronized Map.@Nullable Entry<Key, Waiting> first() {
    for (Map.Entry<Key, Waiting> each : waiting.entrySet()) {
      waiting.remove(each.getKey());
      return Map.entry(each.getKey(), each.getValue());
    }
    return null;
  }

  private void raise(Key key, Waiting due) throws IOException {
    ChainFault fault = key.fault();
    if (singles.getOrDefault(fault, 0) >= MAX_SINGLE_ALERTS) {
      more.merge(fault, due.count(), Long::sum);
      counters.unreported.increment();
      return;
    }
    boolean claimed = false;
    try {
      claimed = ledger.claimAlert(key.agent(), fault.rule(), SILENCE);
      if (claimed) {
        List<EventLine> journal = journals.newest(key.agent(), JOURNAL_EVENTS);
        sink.chainFault(
            ChainAlerts.of(due.agent(), due.last(), due.count(), due.messages(), clock),
            due.agent(),
            journal);
        singles.merge(fault, 1, Integer::sum);
      } else {
        counters.unreported.increment();
      }
      synchronized (this) {
        raisedNanos.put(key, nanos.getAsLong());
      }
    } catch (IOException e) {
      synchronized (this) {
        waiting.put(key, due);
      }
      if (claimed) {
        ledger.releaseAlert(key.agent(), fault.rule());
      }
      throw e;
    }
  }
}
