package whorl.collector.probe;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.fleet.agents.Connection;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.channel.ProbeSink;
import whorl.collector.store.database.Notifications;
import whorl.collector.store.outage.OneByOne;
import whorl.collector.store.probes.ProbeCallLedger;
import whorl.collector.store.probes.ProbeCallLedger.Report;
import whorl.collector.store.probes.ProbeLedger;
import whorl.collector.store.probes.ProbeStatus;
import whorl.collector.store.probes.ProbedAgent.State;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.ProbeReport;
import whorl.evidence.channel.CollectorMessage;
import whorl.evidence.channel.ProbeRequest;

/**
 * Sends probes to agents, and stores what they report. Each collector asks the agents whose
 * channels it has; whichever collector finds that a probe has ended writes that into custody. Safe
 * for use by several threads.
 */
public final class Probes implements ProbeSink {
  private static final Logger LOG = LoggerFactory.getLogger(Probes.class);
  private static final String TOPIC = "probes";
  private static final String PROBE = "probe ";
  private static final int REPORTS_AT_ONCE = 100;

  /** Limit for one turn: agents that go on sending must not keep probes from ending. */
  private static final int BATCHES_AT_ONCE = 20;

  /** So many tries, a quarter of a second apart, outlast a short outage of the database. */
  private static final int SAVES_MAX = 120;

  private static final long REFRESH_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long CHECK_NANOS = Duration.ofSeconds(1).toNanos();
  private static final Duration FORGET_EVERY = Duration.ofMinutes(5);

  private final ProbeLedger ledger;
  private final ProbeCallLedger calls;
  private final Fleet fleet;
  private final Ended ended;
  private final Notifications notifications;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final ProbeCounters counters;
  private final ConcurrentHashMap<Id, ProbeStatus> open = new ConcurrentHashMap<>();
  private final PendingReports pending = new PendingReports(ProbeLimits.PENDING_MAX_BYTES);
  private final Queue<Id> left = new ConcurrentLinkedQueue<>();
  private volatile boolean mustRefresh = true;

  /** The agents of this collector that have the message to end a probe. */
  private final Map<Id, Set<Id>> endsSent = new ConcurrentHashMap<>();

  /** Used by {@link #work} only, as are the following fields. */
  private List<Report> unsaved = List.of();

  private int savesTried;
  private long refreshedNanos;
  private long checkedNanos;
  private @Nullable Instant forgottenAt;

  /** Writes the end of a probe into custody. */
  @FunctionalInterface
  public interface Ended {
    void write(ProbeStatus probe) throws IOException;
  }

  /**
   * @param nanos a monotonic clock
   */
  public Probes(
      ProbeLedger ledger,
      ProbeCallLedger calls,
      Fleet fleet,
      Ended ended,
      Notifications notifications,
      InstantSource clock,
      LongSupplier nanos,
      ProbeCounters counters) {
    this.ledger = ledger;
    this.calls = calls;
    this.fleet = fleet;
    this.ended = ended;
    this.notifications = notifications;
    this.clock = clock;
    this.nanos = nanos;
    this.counters = counters;
  }

  /** Begins to look after probes of other collectors, until it is closed. */
  public Notifications.Subscription listen() {
    return notifications.watch(TOPIC, () -> mustRefresh = true);
  }

  /**
   * Begins a probe that was added to the ledger and is in custody.
   *
   * @return false if the probe is gone
   */
  boolean start(Id probe, List<ProbeCallLedger.Candidate> agents) throws IOException {
    calls.add(probe, agents);
    if (!ledger.start(probe)) {
      return false;
    }
    counters.started.increment();
    refresh();
    changed();
    return true;
  }

  /** A person ends a probe; false if it had ended. */
  boolean stop(Id probe, String why) throws IOException {
    if (!ledger.stop(probe, why)) {
      return false;
    }
    refresh();
    changed();
    return true;
  }

  @Override
  public void disconnected(Id agent) {
    if (!open.isEmpty()) {
      left.add(agent);
    }
  }

  @Override
  public void reported(AgentIdentity agent, ProbeReport report) {
    counters.dropped.add(pending.add(agent.id(), report));
  }

  /** Does what is due; to be called four times a second. Failed work is done at the next call. */
  public void work() throws IOException {
    OneByOne steps = new OneByOne();
    steps.run("reports", this::save);
    long now = nanos.getAsLong();
    if (mustRefresh || now - refreshedNanos > REFRESH_NANOS) {
      mustRefresh = false;
      refreshedNanos = now;
      steps.run("open probes", this::refresh);
    }
    steps.run("agents that disconnected", this::departures);
    if (!open.isEmpty() && now - checkedNanos > CHECK_NANOS) {
      checkedNanos = now;
      check(steps);
    }
    steps.run("old probes", this::forget);
    steps.end();
  }

  private void save() throws IOException {
    for (int i = 0; i < BATCHES_AT_ONCE; i++) {
      List<Report> reports = unsaved.isEmpty() ? pending.take(REPORTS_AT_ONCE) : unsaved;
      if (reports.isEmpty()) {
        return;
      }
      unsaved = reports;
      if (++savesTried > SAVES_MAX) {
        LOG.warn("{} reports about probes could not be stored and are lost", reports.size());
        counters.dropped.add(reports.size());
      } else {
        int stored = calls.save(reports);
        counters.reports.add(stored);
        counters.unasked.add(reports.size() - stored);
      }
      savesTried = 0;
      unsaved = List.of();
    }
  }

  /** Learns which probes are open, and addresses the agents of this collector. */
  private void refresh() throws IOException {
    Map<Id, ProbeStatus> now = new HashMap<>();
    for (ProbeStatus each : ledger.open()) {
      now.put(each.probe().id(), each);
    }
    open.keySet().retainAll(now.keySet());
    endsSent.keySet().retainAll(now.keySet());
    open.putAll(now);
    OneByOne addressed = new OneByOne();
    for (ProbeStatus each : now.values()) {
      addressed.run(PROBE + each.probe().id(), () -> address(each));
    }
    addressed.end();
  }

  private void address(ProbeStatus status) throws IOException {
    Id probe = status.probe().id();
    boolean stopping = !status.state().equals(ProbeStatus.RUNNING);
    for (Map.Entry<Id, State> each : calls.open(probe).entrySet()) {
      Connection connection = fleet.connection(each.getKey());
      if (connection == null || !fleet.isConnectedHere(each.getKey())) {
        continue;
      }
      if (each.getValue() == State.REQUESTED) {
        if (stopping) {
          boolean unused =
              calls.change(probe, each.getKey(), State.ENDED, "it was ended before it began");
        } else {
          ask(status, connection);
        }
      } else if (stopping) {
        sendEnd(probe, each.getKey());
      }
    }
  }

  /** Asks an agent of this collector; only one collector finds it not asked. */
  private void ask(ProbeStatus status, Connection connection) throws IOException {
    Id probe = status.probe().id();
    Id agent = connection.identity().id();
    String why = whyUnable(connection);
    if (why != null) {
      boolean unused = calls.change(probe, agent, State.UNABLE, why);
    } else if (calls.asked(probe, agent)
        && fleet.send(agent, new CollectorMessage.Probe(probe, status.probe().request())) < 0) {
      boolean unused = calls.change(probe, agent, State.SILENT, "its channel was full; ask again");
    }
  }

  private void sendEnd(Id probe, Id agent) {
    Set<Id> sent = endsSent.computeIfAbsent(probe, key -> ConcurrentHashMap.newKeySet());
    if (sent.add(agent) && fleet.send(agent, new CollectorMessage.ProbeEnd(probe)) < 0) {
      sent.remove(agent); // its channel is full: sent again soon
    }
  }

  /** Why this agent cannot take a probe; null if it can. */
  private static @Nullable String whyUnable(Connection connection) {
    if (connection.record().capabilities().containsKey(ProbeRequest.CAPABILITY)) {
      return null;
    }
    return "probes are off in this JVM, or its version "
        + connection.identity().agentVersion()
        + " has none; the agent's setting probes=on-request allows them";
  }

  private void departures() throws IOException {
    List<Id> gone = new ArrayList<>();
    for (Id agent = left.poll(); agent != null; agent = left.poll()) {
      gone.add(agent);
    }
    for (Id probe : gone.isEmpty() ? Set.<Id>of() : open.keySet()) {
      for (Id agent : gone) {
        boolean unused =
            calls.change(
                probe,
                agent,
                State.SILENT,
                "its channel broke; it ends the probe by itself, and says so when it is back");
      }
    }
  }

  private void check(OneByOne steps) throws IOException {
    Instant now = clock.instant();
    for (ProbeStatus status : List.copyOf(open.values())) {
      steps.run(PROBE + status.probe().id(), () -> check(status, now));
    }
  }

  private void check(ProbeStatus status, Instant now) throws IOException {
    Id probe = status.probe().id();
    address(status);
    giveUp(status, now);
    if (ledger.endIfDone(probe, now)) {
      calls.silenceAll(probe, "no report of its end came; it ends the probe by itself");
      end(probe);
      changed();
    }
  }

  /** Agents that were not asked in time: they are connected nowhere any more. */
  private void giveUp(ProbeStatus status, Instant now) throws IOException {
    if (now.isBefore(status.probe().requestedAt().plus(ProbeLimits.ASK_WITHIN))) {
      return;
    }
    for (Map.Entry<Id, State> each : calls.open(status.probe().id()).entrySet()) {
      if (each.getValue() == State.REQUESTED && !fleet.isConnectedHere(each.getKey())) {
        boolean unused =
            calls.change(
                status.probe().id(), each.getKey(), State.SILENT, "it is not connected any more");
      }
    }
  }

  private void end(Id probe) throws IOException {
    open.remove(probe);
    endsSent.remove(probe);
    ProbeStatus status = ledger.find(probe);
    if (status == null) {
      return;
    }
    try {
      ended.write(status);
    } catch (IOException | RuntimeException e) {
      ledger.reopen(probe); // tried again at the next check
      mustRefresh = true;
      throw e;
    }
  }

  /** A hint for other collectors; they also look by themselves. */
  private void changed() {
    try {
      notifications.publish(TOPIC, "");
    } catch (IOException e) {
      LOG.warn("other collectors learn of a probe later: {}", e.getMessage());
    }
  }

  private void forget() throws IOException {
    Instant now = clock.instant();
    if (forgottenAt == null || now.isAfter(forgottenAt.plus(FORGET_EVERY))) {
      forgottenAt = now;
      int unused = ledger.forget(now);
    }
  }

  /** The number of probes that run now, as far as this collector knows. */
  public int runningNow() {
    return open.size();
  }
}
