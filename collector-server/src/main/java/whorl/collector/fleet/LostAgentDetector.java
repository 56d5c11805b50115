package whorl.collector.fleet;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import whorl.evidence.AgentIdentity;
import whorl.evidence.EventLine;
import whorl.evidence.Id;

/**
 * Notices agents that were connected to this run of the collector, went without a goodbye and are
 * not back in time. An orderly end of a JVM says goodbye, so the silence of one tells that it was
 * killed, crashed or cut off. Many that go together are one alert: that is a network or a node, or
 * the collector's own line. Safe for use by several threads.
 */
public final class LostAgentDetector {
  /** So many that went within {@link #TOGETHER} are told in one alert. */
  static final int MANY = 5;

  private static final Duration TOGETHER = Duration.ofSeconds(30);
  private static final int JOURNAL_EVENTS = 256;
  private static final int MAX_REMEMBERED = 100_000;

  private final long limitNanos;
  private final Journals journals;
  private final LostAgentSink sink;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final ConcurrentHashMap<Id, Gone> gone = new ConcurrentHashMap<>();

  /**
   * @param limit how long an agent may be away; zero turns this off
   */
  public LostAgentDetector(
      Duration limit,
      Journals journals,
      LostAgentSink sink,
      InstantSource clock,
      LongSupplier nanos) {
    this.limitNanos = limit.toNanos();
    this.journals = journals;
    this.sink = sink;
    this.clock = clock;
    this.nanos = nanos;
  }

  /**
   * An agent that went without a goodbye.
   *
   * @param lastSeen by the collector's clock
   * @param sinceNanos when its connection was lost, or given up
   * @param proved whether it had proved its key
   * @param livedNanos how long it had been connected
   */
  record Gone(
      AgentIdentity agent,
      Instant lastSeen,
      DisconnectReason how,
      long sinceNanos,
      boolean proved,
      long livedNanos) {}

  /** Those first that are least likely to be somebody's decoys. */
  private static final Comparator<Gone> BY_STANDING =
      Comparator.comparing(Gone::proved).thenComparing(Gone::livedNanos).reversed();

  void gone(Connection connection, DisconnectReason how) {
    if (limitNanos > 0 && how != DisconnectReason.GOODBYE && gone.size() < MAX_REMEMBERED) {
      AgentIdentity agent = connection.identity();
      Instant lastSeen = connection.record().lastSeen();
      long now = nanos.getAsLong();
      gone.put(
          agent.id(),
          new Gone(agent, lastSeen, how, now, connection.key() != null, connection.ageNanos(now)));
    }
  }

  void back(Id agent) {
    gone.remove(agent);
  }

  /** Raises the alerts that are due. */
  void look() throws IOException {
    long now = nanos.getAsLong();
    List<Gone> all = new ArrayList<>(gone.values());
    all.sort(Comparator.comparingLong(one -> one.sinceNanos() - now));
    while (!all.isEmpty() && due(all.get(0), now)) {
      long last = all.get(0).sinceNanos() + TOGETHER.toNanos();
      List<Gone> together = all.stream().filter(one -> one.sinceNanos() - last <= 0).toList();
      if (together.size() < MANY) {
        raiseOne(all.remove(0));
      } else if (due(together.get(together.size() - 1), now)) {
        raiseMany(together);
        all.removeAll(together);
      } else {
        return; // the rest of them may still come back
      }
    }
  }

  private boolean due(Gone one, long now) {
    return now - one.sinceNanos() >= limitNanos;
  }

  private void raiseOne(Gone one) throws IOException {
    List<EventLine> journal = journals.newest(one.agent().id(), JOURNAL_EVENTS);
    sink.silent(LostAgentAlerts.of(one, clock), one.agent(), journal);
    gone.remove(one.agent().id(), one);
  }

  private void raiseMany(List<Gone> many) throws IOException {
    List<Gone> ordered = many.stream().sorted(BY_STANDING).toList();
    List<EventLine> journal = new ArrayList<>();
    for (Gone one : ordered.subList(0, Math.min(MANY, ordered.size()))) {
      journal.addAll(journals.newest(one.agent().id(), JOURNAL_EVENTS / MANY));
    }
    sink.silent(LostAgentAlerts.ofMany(ordered, clock), null, journal);
    many.forEach(one -> gone.remove(one.agent().id(), one));
  }

  /** Agents whose absence is being watched, by id; for tests. */
  Map<Id, Gone> watched() {
    return Map.copyOf(gone);
  }
}
