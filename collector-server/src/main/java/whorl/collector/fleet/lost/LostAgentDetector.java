package whorl.collector.fleet.lost;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.fleet.agents.Connection;
import whorl.collector.fleet.agents.DisconnectReason;
import whorl.collector.fleet.agents.Journals;
import whorl.collector.store.outage.OneByOne;
import whorl.evidence.AgentIdentity;
import whorl.evidence.EventLine;
import whorl.evidence.Id;

/**
 * Detects agents that disconnected without a goodbye and did not reconnect in time. A JVM that ends
 * normally says goodbye, so an agent without one was killed, crashed or cut off. Many agents that
 * disconnect together cause one alert, because a network, a node or the collector's own connection
 * has probably failed. Safe for use by several threads.
 */
public final class LostAgentDetector {
  private static final Logger LOG = LoggerFactory.getLogger(LostAgentDetector.class);

  /** If so many agents or more are lost within {@link #TOGETHER}, one alert covers all of them. */
  static final int GROUP_MIN = 5;

  private static final Duration TOGETHER = Duration.ofSeconds(30);
  private static final int JOURNAL_EVENTS = 256;
  private static final int UNRECORDED_MAX = 100_000;

  private final Duration limit;
  private final LostAgents lostAgents;
  private final Journals journals;
  private final LostAgentSink sink;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final AtomicLong forgotten = new AtomicLong();

  /** What could not be recorded, because the records did not answer; tried again. */
  private final Map<Id, Unrecorded> unrecorded = new ConcurrentHashMap<>();

  private record Unrecorded(LostAgent agent, long serial) {}

  /**
   * @param limit how long an agent may be disconnected; zero turns the detector off
   */
  public LostAgentDetector(
      Duration limit,
      LostAgents lostAgents,
      Journals journals,
      LostAgentSink sink,
      InstantSource clock,
      LongSupplier nanos) {
    this.limit = limit;
    this.lostAgents = lostAgents;
    this.journals = journals;
    this.sink = sink;
    this.clock = clock;
    this.nanos = nanos;
  }

  /** A connection to this collector has ended, and the agent has no other one here. */
  public void disconnected(Connection connection, DisconnectReason reason) {
    if (limit.isZero() || reason == DisconnectReason.GOODBYE) {
      return;
    }
    record(
        new LostAgent(
            connection.identity(),
            connection.record().lastSeen(),
            reason == DisconnectReason.SILENT,
            connection.key() != null,
            Duration.ofNanos(connection.ageNanos(nanos.getAsLong())),
            Duration.ZERO,
            0),
        connection.serial(),
        true);
  }

  /** The agent has connected to this collector. */
  public void reconnected(Id agent) throws IOException {
    unrecorded.remove(agent);
    lostAgents.remove(agent);
  }

  /**
   * Records what could not be recorded; a collector that is alone also raises the alerts that are
   * due.
   */
  public void check() throws IOException {
    for (Map.Entry<Id, Unrecorded> each : List.copyOf(unrecorded.entrySet())) {
      if (unrecorded.remove(each.getKey(), each.getValue())) {
        record(each.getValue().agent(), each.getValue().serial(), false);
      }
    }
    long more = forgotten.getAndSet(0);
    if (more > 0) {
      LOG.warn("{} lost agents raise no alert: too many are remembered", more);
    }
    if (!lostAgents.areShared()) {
      raise();
    }
  }

  /**
   * @param firstTry false if it could not be recorded before, which was logged then
   */
  private void record(LostAgent agent, long serial, boolean firstTry) {
    try {
      if (!lostAgents.add(agent, serial)) {
        forgotten.incrementAndGet();
      }
    } catch (IOException e) {
      if (firstTry) {
        LOG.warn("that an agent was lost is recorded later: {}", e.getMessage());
      }
      if (unrecorded.size() < UNRECORDED_MAX) {
        unrecorded.put(agent.agent().id(), new Unrecorded(agent, serial));
      } else {
        forgotten.incrementAndGet();
      }
    }
  }

  /**
   * Raises the alerts that are due. Only one collector at a time calls this. An alert that cannot
   * be stored does not keep back those about other agents; it is raised again by a later call.
   *
   * @throws IOException if an alert could not be stored
   */
  public void raise() throws IOException {
    if (limit.isZero()) {
      return;
    }
    OneByOne alerts = new OneByOne();
    List<LostAgent> candidates = new ArrayList<>(lostAgents.ifGone(limit));
    while (!candidates.isEmpty() && isDue(candidates.get(0))) {
      Duration last = candidates.get(0).gone().minus(TOGETHER);
      List<LostAgent> together =
          candidates.stream().filter(lost -> lost.gone().compareTo(last) >= 0).toList();
      boolean alone = together.size() < GROUP_MIN;
      if (!alone && !isDue(together.get(together.size() - 1))) {
        break; // the others of the group may still reconnect
      }
      List<LostAgent> next = alone ? List.of(candidates.get(0)) : together;
      candidates.removeAll(next);
      if (alone) {
        alerts.run("agent " + next.get(0).agent().id(), () -> raiseOne(next.get(0)));
      } else {
        alerts.run(next.size() + " agents", () -> raiseMany(next));
      }
    }
    alerts.end();
  }

  private boolean isDue(LostAgent lost) {
    return lost.gone().compareTo(limit) >= 0;
  }

  private void raiseOne(LostAgent lost) throws IOException {
    AgentIdentity agent = lost.agent();
    List<EventLine> journal = journals.newest(agent.id(), JOURNAL_EVENTS);
    take(List.of(lost), () -> sink.lostAgents(LostAgentAlerts.of(lost, clock), agent, journal));
  }

  private void raiseMany(List<LostAgent> group) throws IOException {
    List<LostAgent> ordered = group.stream().sorted(LostAgent.BY_TRUST).toList();
    List<EventLine> journal = new ArrayList<>();
    for (LostAgent lost : ordered.subList(0, Math.min(GROUP_MIN, ordered.size()))) {
      journal.addAll(journals.newest(lost.agent().id(), JOURNAL_EVENTS / GROUP_MIN));
    }
    take(group, () -> sink.lostAgents(LostAgentAlerts.ofMany(ordered, clock), null, journal));
  }

  private void take(List<LostAgent> agents, LostAgents.Action action) throws IOException {
    if (!lostAgents.take(agents, action)) {
      LOG.debug("one of {} lost agents has come back just now; asked again soon", agents.size());
    }
  }
}
