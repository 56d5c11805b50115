package whorl.collector.fleet.chain;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.recent.RecentMap;
import whorl.collector.store.chain.ChainLedger;
import whorl.collector.store.outage.OneByOne;
import whorl.evidence.AgentIdentity;
import whorl.evidence.EventLine;
import whorl.evidence.Id;

/**
 * Raises alerts for what is wrong with chains: for each agent and fault one in an hour, at all
 * collectors together; for each fault at most twenty in ten minutes at this one, and one for the
 * rest. Anybody with an agent's token can make agents whose chains are wrong, and must not hide
 * what is wrong with another: so alerts about agents that enrolled much later do not count against
 * an agent. Findings may come on any thread; alerts are raised by {@link #raise}.
 */
final class ChainReports {
  static final int MAX_SINGLE_ALERTS = 20;

  /** Of all agents, whenever they enrolled. */
  private static final int MAX_ALERTS_OF_ALL = 200;

  private static final long MUCH_LATER_MILLIS = Duration.ofHours(1).toMillis();
  private static final long NEVER = Long.MAX_VALUE;
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

  /**
   * When the agents enrolled that had an alert of their own in this window, in milliseconds. Used
   * only by {@link #raise}, as are the following fields.
   */
  private final Map<ChainFault, List<Long>> singles = new EnumMap<>(ChainFault.class);

  private final Map<ChainFault, Long> more = new EnumMap<>(ChainFault.class);

  /** Those without an alert of their own in this window: what they find is only counted. */
  private final Set<Key> beyond = Collections.newSetFromMap(RecentMap.byAddition(MAX_REMEMBERED));

  private long windowNanos;

  private record Key(Id agent, ChainFault fault) {}

  private record Waiting(AgentIdentity agent, ChainFinding last, long count, long messages) {
    Waiting and(ChainFinding next) {
      return new Waiting(agent, next, count + 1, messages + next.messages());
    }

    Waiting after(Waiting earlier) {
      return new Waiting(agent, last, count + earlier.count, messages + earlier.messages);
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

  /**
   * Raises the alerts that are due; called every second by one thread. One that cannot be stored
   * keeps back no other, and is raised by a later call.
   */
  void raise() throws IOException {
    OneByOne alerts = new OneByOne();
    long now = nanos.getAsLong();
    if (now - windowNanos > WINDOW_NANOS) {
      windowNanos = now;
      singles.clear();
      beyond.clear();
      for (ChainFault fault : ChainFault.values()) {
        alerts.run(fault.rule(), () -> raiseMore(fault));
      }
    }
    for (Key key : keys()) {
      alerts.run("agent " + key.agent(), () -> raise(key));
    }
    alerts.end();
  }

  private void raiseMore(ChainFault fault) throws IOException {
    Long count = more.get(fault);
    if (count != null) {
      sink.chainFault(ChainAlerts.ofMany(fault, count, clock), null, List.of());
      more.remove(fault);
    }
  }

  private synchronized List<Key> keys() {
    return List.copyOf(waiting.keySet());
  }

  private synchronized @Nullable Waiting take(Key key) {
    return waiting.remove(key);
  }

  private void raise(Key key) throws IOException {
    Waiting due = take(key);
    if (due == null) {
      return;
    }
    ChainFault fault = key.fault();
    List<Long> alerted = singles.computeIfAbsent(fault, none -> new ArrayList<>());
    boolean claimed = false;
    try {
      long enrolled = beyond.contains(key) ? NEVER : enrolledMillis(key.agent());
      if (isFull(alerted, enrolled)) {
        beyond.add(key);
        more.merge(fault, due.count(), Long::sum);
        counters.unreported.increment();
        return;
      }
      claimed = ledger.claimAlert(key.agent(), fault.rule(), SILENCE);
      if (claimed) {
        List<EventLine> journal = journals.newest(key.agent(), JOURNAL_EVENTS);
        sink.chainFault(
            ChainAlerts.of(due.agent(), due.last(), due.count(), due.messages(), clock),
            due.agent(),
            journal);
        alerted.add(enrolled);
      } else {
        counters.unreported.increment();
      }
      synchronized (this) {
        raisedNanos.put(key, nanos.getAsLong());
      }
    } catch (IOException | RuntimeException e) {
      synchronized (this) {
        waiting.merge(key, due, Waiting::after);
      }
      if (claimed) {
        ledger.releaseAlert(key.agent(), fault.rule());
      }
      throw e;
    }
  }

  private long enrolledMillis(Id agent) throws IOException {
    Instant enrolled = ledger.enrolledAt(agent);
    return enrolled == null ? NEVER : enrolled.toEpochMilli();
  }

  private static boolean isFull(List<Long> alerted, long enrolled) {
    long latest = enrolled == NEVER ? NEVER : enrolled + MUCH_LATER_MILLIS;
    return alerted.size() >= MAX_ALERTS_OF_ALL
        || alerted.stream().filter(other -> other <= latest).count() >= MAX_SINGLE_ALERTS;
  }
}
