package whorl.collector.fleet.captures;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.agents.Presence;
import whorl.collector.fleet.captures.OpenCaptures.Open;
import whorl.collector.http.request.ProblemException;
import whorl.collector.store.access.Scope;
import whorl.collector.store.outage.OneByOne;
import whorl.collector.store.records.CaptureLedger;
import whorl.collector.store.records.CaptureLedger.OnceKey;
import whorl.collector.store.records.CaptureRecord;
import whorl.collector.store.records.Page;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Text;
import whorl.evidence.channel.AgentMessage.CaptureProgress;
import whorl.evidence.channel.CaptureState;

/**
 * Tracks every capture from the request to its end.
 *
 * <pre>
 * requested → running → shipping → sealed
 *      ↓          ↓         ↓
 *    failed     failed    partial      agent gone for a minute, or it reported a failure
 * </pre>
 *
 * A capture that failed or stayed partial because the agent was gone continues when the agent
 * reconnects, and is sealed when its evidence arrives. State changes are on disk when a method
 * returns; byte counts are written a moment later. Safe for use by several threads.
 */
public final class Captures {
  private static final Duration KEYS_REMEMBERED = Duration.ofHours(24);
  private static final int MAX_REMEMBERED = 100_000;

  /** Each capture that is remembered has a reason, and a list has those of a thousand. */
  private static final int MAX_REASON_CHARS = 1_000;

  private final CaptureLedger ledger;
  private final Presence presence;
  private final Fleet fleet;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final CaptureCounters counters;
  private final CaptureLimits limits;
  private final CaptureTracking tracking;
  private final CapturesElsewhere elsewhere;

  public Captures(
      CaptureLedger ledger,
      Presence presence,
      Fleet fleet,
      InstantSource clock,
      LongSupplier nanos,
      CaptureCounters counters)
      throws IOException {
    this.ledger = ledger;
    this.presence = presence;
    this.fleet = fleet;
    this.clock = clock;
    this.nanos = nanos;
    this.counters = counters;
    this.limits = new CaptureLimits(ledger, fleet);
    this.tracking = new CaptureTracking(ledger, presence, fleet, nanos, counters);
    this.elsewhere = new CapturesElsewhere(ledger, presence, fleet, nanos, tracking);
    if (!presence.isShared()) {
      for (CaptureRecord capture : ledger.open()) {
        tracking.addEarlier(capture);
      }
    }
  }

  /**
   * Requests a capture from each of these agents.
   *
   * @param once the request's idempotency key, if it has one
   * @throws ProblemException 429 when an agent or the collector has too many open captures, and 409
   *     when another collector has just taken the same request; then none is begun
   */
  public synchronized List<CaptureRecord> request(
      CaptureOrder order, List<AgentIdentity> agents, @Nullable OnceKey once) throws IOException {
    Instant now = clock.instant();
    List<CaptureRecord> captures = new ArrayList<>(agents.size());
    for (AgentIdentity agent : agents) {
      captures.add(
          CaptureRecord.ordered(
              Id.next(clock),
              agent,
              order.reason(),
              order.alert(),
              order.artifacts(),
              order.force(),
              now));
    }
    if (limits.insert(captures, agents, once, now) != null) {
      throw new ProblemException(
          409,
          "request under way",
          "another collector answers the request with this Idempotency-Key; send it again");
    }
    List<Id> ofOthers = new ArrayList<>();
    for (CaptureRecord capture : captures) {
      counters.ordered.increment();
      if (presence.isShared() && !fleet.isConnectedHere(capture.agent())) {
        ofOthers.add(capture.id());
      } else {
        tracking.send(tracking.add(capture));
      }
    }
    presence.capturesChanged(ofOthers);
    return captures;
  }

  /** True if one more capture may be requested from this agent. */
  public boolean hasRoom(Id agent) throws IOException {
    return limits.hasRoom(agent);
  }

  /** True if an alert from outside may request one more capture from this agent. */
  public boolean hasRoomForOutside(Id agent) throws IOException {
    return limits.hasRoomForOutside(agent);
  }

  /** Those of the agents from whom one more capture may be requested. */
  public List<AgentIdentity> withRoom(List<AgentIdentity> agents) throws IOException {
    return limits.withRoom(agents);
  }

  /** True if no further capture may be requested from any agent. */
  public boolean isFull() throws IOException {
    return limits.isFull();
  }

  /**
   * Registers a capture that an agent begins by itself.
   *
   * @return false when the agent, its network or all agents have too many open; then nothing is
   *     stored
   */
  public synchronized boolean begun(
      AgentIdentity agent, Id capture, String reason, @Nullable Alert alert) throws IOException {
    CaptureRecord begun =
        CaptureRecord.begun(capture, agent.id(), agent.service(), reason, alert, clock.instant());
    switch (limits.insertBegun(begun)) {
      case INSERTED -> {
        tracking.add(begun);
        counters.begunByAgents.increment();
        return true;
      }
      case EXISTS -> {
        return continued(agent.id(), capture);
      }
      case TOO_MANY -> {
        return false;
      }
    }
    throw new IllegalStateException("each case returns");
  }

  /** Follows a capture that is stored already, unless it has ended; false if it is another's. */
  private boolean continued(Id agent, Id capture) throws IOException {
    CaptureRecord stored = find(capture);
    if (stored == null || !stored.agent().equals(agent)) {
      counters.foreignProgress.increment();
      return false;
    }
    if (!stored.state().ended() && tracking.open().find(capture) == null) {
      tracking.add(stored);
    }
    return true;
  }

  /** Adds the alert to a capture that was registered without one. */
  public synchronized void setAlert(Id capture, Alert alert) throws IOException {
    CaptureRecord existing = find(capture);
    if (existing != null && existing.alert() == null) {
      CaptureRecord withAlert = existing.explained(alert);
      ledger.update(List.of(withAlert));
      Open live = tracking.open().find(capture);
      if (live != null) {
        live.update(withAlert, true);
      }
    }
  }

  /** Returns the capture, or null. */
  public synchronized @Nullable CaptureRecord find(Id capture) throws IOException {
    return tracking.find(capture);
  }

  /** As {@link #find}; also captures that ended at a collector which could not notify this one. */
  public synchronized @Nullable CaptureRecord show(Id capture) throws IOException {
    CaptureRecord stored = ledger.find(capture);
    return stored == null || stored.state().ended() ? stored : tracking.find(capture);
  }

  /**
   * Ends a capture: the receiver has all that will arrive. May be called more than once. Evidence
   * for another agent's capture changes nothing.
   */
  public synchronized void sealed(SealedCapture seal) throws IOException {
    CaptureRecord existing = find(seal.capture());
    if (existing == null) {
      existing =
          CaptureRecord.begun(
              seal.capture(),
              seal.agent(),
              seal.service(),
              seal.reason(),
              seal.alert(),
              clock.instant());
      ledger.insert(List.of(existing), null, clock.instant());
      counters.begunByAgents.increment();
    }
    if (!existing.agent().equals(seal.agent())) {
      counters.foreignProgress.increment();
      return;
    }
    if (existing.sealedAt() != null
        && (existing.state() == CaptureState.SEALED || seal.state() != CaptureState.SEALED)) {
      return; // already recorded
    }
    String failure = seal.failure();
    tracking.end(
        existing.sealed(
            seal.state(), seal.evidence(), seal.at(), failure == null ? null : shortened(failure)));
  }

  /**
   * Records received bytes of an open capture. They count as a sign of life: during a heap dump the
   * agent's whole JVM stands still, including its channel, and only these bytes show that it is
   * alive.
   *
   * @param streamed those of the bytes that the agent streams without keeping them, and so never
   *     announces
   */
  public synchronized void received(Id capture, Id agent, long bytes, long streamed) {
    Open live = tracking.open().find(capture);
    if (live == null) {
      if (presence.isShared()) {
        tracking.receivedElsewhere().add(capture, agent, bytes);
      }
      return;
    }
    CaptureRecord existing = live.capture();
    if (!existing.agent().equals(agent)) {
      counters.foreignProgress.increment();
      return;
    }
    live.signOfLife(nanos.getAsLong());
    fleet.signOfLife(agent);
    live.streamed(streamed);
    live.update(existing.advanced(existing.state(), null, bytes, live.expectedBytes()), false);
  }

  /** Records progress that the agent reports. */
  public synchronized void progress(AgentIdentity agent, CaptureProgress progress)
      throws IOException {
    CaptureRecord existing = find(progress.capture());
    if (existing == null) {
      if (!begun(agent, progress.capture(), "begun by the agent", null)) {
        counters.foreignProgress.increment();
        return;
      }
      existing = find(progress.capture());
    }
    if (existing == null || !existing.agent().equals(agent.id())) {
      counters.foreignProgress.increment();
      return;
    }
    if (existing.sealedAt() != null) {
      return; // the receiver's result is final
    }
    switch (progress.state()) {
      case RUNNING, SHIPPING -> advance(existing, progress);
      case FAILED -> {
        String reason = progress.reason();
        tracking.end(
            existing.ended(
                CaptureState.FAILED,
                reason == null ? "the agent gave no reason" : shortened(reason)));
      }
      // only the receiver may report a successful end
      case REQUESTED, SEALED, PARTIAL -> {
        Open live = tracking.open().find(existing.id());
        if (live != null) {
          live.update(existing.advanced(existing.state(), null, progress.bytes(), 0), false);
        }
      }
    }
  }

  private static String shortened(String reason) {
    return Text.atMost(reason, MAX_REASON_CHARS);
  }

  /**
   * The agent has connected: sends again the requests that it may not have received. Few agents
   * have any; so that thousands of agents that connect at once do not read one after the other, the
   * lock is taken after a first look. A capture that is requested after that look is reported to
   * this collector, which has the connection already.
   */
  public void agentConnected(Id agent, long serial) throws IOException {
    continueCaptures(agent, serial, elsewhere.hasOpen(agent));
  }

  private synchronized void continueCaptures(Id agent, long serial, boolean ofOthers)
      throws IOException {
    if (ofOthers) {
      elsewhere.agentConnected(agent);
    }
    for (Open live : List.copyOf(tracking.open().of(agent))) {
      live.reconnected();
      if (live.sentOn() != serial
          && live.capture().ordered()
          && live.capture().state() == CaptureState.REQUESTED) {
        counters.resent.increment();
        tracking.send(live);
      }
    }
  }

  /** The agent has disconnected: its grace time begins. */
  public synchronized void agentDisconnected(Id agent) {
    if (fleet.isConnectedHere(agent)) {
      return; // it has reconnected already
    }
    for (Open live : tracking.open().of(agent)) {
      live.disconnected(nanos.getAsLong());
    }
  }

  /** The agent has connected to another collector, which looks after its captures from now on. */
  public synchronized void agentMoved(Id agent) {
    elsewhere.agentMoved(agent);
  }

  /** Another collector has changed these captures, or they are new. */
  public synchronized void changedElsewhere(Collection<Id> captures) throws IOException {
    elsewhere.changed(captures);
  }

  /** Reads the captures of all connected agents again: changes may not have been reported. */
  public synchronized void mayHaveChangedElsewhere() throws IOException {
    elsewhere.mayHaveChanged();
  }

  /**
   * Ends captures whose agents are connected nowhere and that nothing has happened to for a while.
   * One collector at a time calls this, for all of them.
   */
  public synchronized void endAbandoned() throws IOException {
    elsewhere.endAbandoned();
  }

  /** Ends captures that have waited too long, and saves the progress of the others. */
  public synchronized void checkTimeouts() throws IOException {
    long now = nanos.getAsLong();
    OneByOne work = new OneByOne();
    tracking.receivedElsewhere().save(work);
    List<Open> changed = new ArrayList<>();
    for (Open live : tracking.open().list()) {
      String reason = CaptureTracking.timeoutReason(live, now);
      if (reason != null) {
        work.run("capture " + live.capture().id(), () -> giveUp(live, reason));
      } else if (live.unsaved()) {
        changed.add(live);
      }
    }
    if (!changed.isEmpty()) {
      work.run("progress of captures", () -> save(changed));
    }
    work.end();
  }

  private void giveUp(Open live, String reason) throws IOException {
    if (!elsewhere.isLookedAfter(live)) {
      tracking.giveUp(live.capture(), reason);
    }
  }

  private void save(List<Open> changed) throws IOException {
    ledger.update(changed.stream().map(Open::capture).toList());
    changed.forEach(live -> live.update(live.capture(), true));
  }

  /** Deletes the oldest ended captures beyond the limit, and old idempotency keys. */
  public void forget() throws IOException {
    counters.forgotten.add(ledger.forget(MAX_REMEMBERED, clock.instant().minus(KEYS_REMEMBERED)));
  }

  /** Returns a page of the captures that the scope holds, newest first. */
  synchronized Page<CaptureRecord> page(
      Scope scope, CaptureLedger.Filter filter, @Nullable Long before, int limit)
      throws IOException {
    Page<CaptureRecord> rows = ledger.page(scope, filter, before, limit);
    List<CaptureRecord> current = new ArrayList<>();
    for (CaptureRecord row : rows.items()) {
      Open live = tracking.open().find(row.id());
      // a capture that has ended has ended everywhere, even if this collector was not notified yet
      current.add(live == null || row.state().ended() ? row : live.capture());
    }
    return new Page<>(current, rows.next());
  }

  /** Returns the captures that were requested with this idempotency key, or null. */
  CaptureLedger.@Nullable Remembered remembered(String key) throws IOException {
    return ledger.remembered(key);
  }

  private void advance(CaptureRecord existing, CaptureProgress progress) throws IOException {
    Open live = tracking.open().find(existing.id());
    boolean room =
        existing.ordered() ? limits.hasRoom(existing.agent()) : limits.mayBegin(existing.agent());
    if (live == null && !room) {
      counters.foreignProgress.increment();
      return;
    }
    CaptureState to =
        existing.state().ended() || progress.state().compareTo(existing.state()) > 0
            ? progress.state()
            : existing.state();
    long of = progress.of();
    if (live != null) {
      live.announced(of);
      of = live.expectedBytes();
    }
    CaptureRecord advanced = existing.advanced(to, progress.evidence(), progress.bytes(), of);
    boolean mustSave =
        to != existing.state()
            || (progress.evidence() != null && !progress.evidence().equals(existing.evidence()));
    if (mustSave) {
      ledger.update(List.of(advanced));
    }
    Open updated = live == null ? tracking.add(existing) : live;
    updated.announced(progress.of());
    updated.update(advanced, mustSave);
  }
}
