package whorl.collector.fleet.agents;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.records.AgentRecord;
import whorl.evidence.AgentIdentity;
import whorl.evidence.EventLine;
import whorl.evidence.Id;

/**
 * Detects agents that were connected since the collector's start, disconnected without a goodbye
 * and did not reconnect in time. A JVM that ends normally says goodbye, so an agent without one was
 * killed, crashed or cut off. Many agents that disconnect together cause one alert, because a
 * network, a node or the collector's own connection has probably failed. Safe for use by several
 * threads.
 */
public final class LostAgentDetector {
  private static final Logger LOG = LoggerFactory.getLogger(LostAgentDetector.class);

  /** From this many agents lost within {@link #TOGETHER} on, one alert covers all of them. */
  static final int GROUP_MIN = 5;

  private static final Duration TOGETHER = Duration.ofSeconds(30);
  private static final int JOURNAL_EVENTS = 256;
  private static final int MAX_REMEMBERED = 100_000;

  private final long limitNanos;
  private final Presence presence;
  private final Journals journals;
  private final LostAgentSink sink;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final ConcurrentHashMap<Id, LostAgent> lostAgents = new ConcurrentHashMap<>();
  private final AtomicLong forgotten = new AtomicLong();

  /**
   * @param limit how long an agent may be disconnected; zero turns the detector off
   */
  public LostAgentDetector(
      Duration limit,
      Presence presence,
      Journals journals,
      LostAgentSink sink,
      InstantSource clock,
      LongSupplier nanos) {
    this.limitNanos = limit.toNanos();
    this.presence = presence;
    this.journals = journals;
    this.sink = sink;
    this.clock = clock;
    this.nanos = nanos;
  }

  /**
   * An agent that disconnected without a goodbye.
   *
   * @param lastSeen by the collector's clock
   * @param sinceNanos when its connection was lost or closed
   * @param proved true if the agent proved its key
   * @param livedNanos how long the agent was connected
   */
  record LostAgent(
      AgentIdentity agent,
      Instant lastSeen,
      DisconnectReason reason,
      long sinceNanos,
      boolean proved,
      long livedNanos) {}

  /** Puts agents first that are least likely to be an attacker's decoys. */
  private static final Comparator<LostAgent> BY_TRUST =
      Comparator.comparing(LostAgent::proved).thenComparing(LostAgent::livedNanos).reversed();

  public void disconnected(Connection connection, DisconnectReason reason) {
    if (limitNanos > 0 && reason != DisconnectReason.GOODBYE) {
      AgentIdentity agent = connection.identity();
      if (lostAgents.size() >= MAX_REMEMBERED && !lostAgents.containsKey(agent.id())) {
        forgotten.incrementAndGet();
        return;
      }
      Instant lastSeen = connection.record().lastSeen();
      long now = nanos.getAsLong();
      lostAgents.put(
          agent.id(),
          new LostAgent(
              agent, lastSeen, reason, now, connection.key() != null, connection.ageNanos(now)));
    }
  }

  /**
   * An agent's collector has ended without passing its agents on: the agent is watched here from
   * now on.
   */
  public void orphaned(AgentRecord agent) {
    if (limitNanos > 0 && lostAgents.size() < MAX_REMEMBERED) {
      lostAgents.putIfAbsent(
          agent.identity().id(),
          new LostAgent(
              agent.identity(),
              agent.lastSeen(),
              DisconnectReason.LOST,
              nanos.getAsLong(),
              agent.key() != null,
              0));
    }
  }

  public void reconnected(Id agent) {
    lostAgents.remove(agent);
  }

  /** Raises the alerts that are due. */
  public void check() throws IOException {
    long now = nanos.getAsLong();
    long more = forgotten.getAndSet(0);
    if (more > 0) {
      LOG.warn("{} lost agents beyond {} raise no alert", more, MAX_REMEMBERED);
    }
    List<LostAgent> candidates = new ArrayList<>();
    for (LostAgent lost : lostAgents.values()) {
      if (isDue(lost, now) && presence.isElsewhere(lost.agent().id())) {
        lostAgents.remove(lost.agent().id(), lost);
      } else {
        candidates.add(lost);
      }
    }
    candidates.sort(Comparator.comparingLong(lost -> lost.sinceNanos() - now));
    while (!candidates.isEmpty() && isDue(candidates.get(0), now)) {
      long last = candidates.get(0).sinceNanos() + TOGETHER.toNanos();
      List<LostAgent> together =
          candidates.stream().filter(lost -> lost.sinceNanos() - last <= 0).toList();
      if (together.size() < GROUP_MIN) {
        raiseOne(candidates.remove(0));
      } else if (isDue(together.get(together.size() - 1), now)) {
        raiseMany(together);
        candidates.removeAll(together);
      } else {
        return; // the others of the group may still reconnect
      }
    }
  }

  private boolean isDue(LostAgent lost, long now) {
    return now - lost.sinceNanos() >= limitNanos;
  }

  private void raiseOne(LostAgent lost) throws IOException {
    List<EventLine> journal = journals.newest(lost.agent().id(), JOURNAL_EVENTS);
    sink.lostAgents(LostAgentAlerts.of(lost, clock), lost.agent(), journal);
    lostAgents.remove(lost.agent().id(), lost);
  }

  private void raiseMany(List<LostAgent> group) throws IOException {
    List<LostAgent> ordered = group.stream().sorted(BY_TRUST).toList();
    List<EventLine> journal = new ArrayList<>();
    for (LostAgent lost : ordered.subList(0, Math.min(GROUP_MIN, ordered.size()))) {
      journal.addAll(journals.newest(lost.agent().id(), JOURNAL_EVENTS / GROUP_MIN));
    }
    sink.lostAgents(LostAgentAlerts.ofMany(ordered, clock), null, journal);
    group.forEach(lost -> lostAgents.remove(lost.agent().id(), lost));
  }

  /** Returns the agents that are being watched, by id; for tests. */
  Map<Id, LostAgent> watched() {
    return Map.copyOf(lostAgents);
  }
}
