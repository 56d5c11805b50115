package whorl.collector.fleet.captures;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.agents.Presence;
import whorl.collector.fleet.captures.OpenCaptures.Open;
import whorl.collector.http.request.ProblemException;
import whorl.collector.store.records.CaptureLedger;
import whorl.collector.store.records.CaptureLedger.OnceKey;
import whorl.collector.store.records.CaptureRecord;
import whorl.collector.store.records.Page;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.CaptureProgress;
import whorl.evidence.channel.CaptureState;
import whorl.evidence.channel.CollectorMessage;

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
  private static final Duration GRACE = Duration.ofSeconds(60);
  private static final long GRACE_NANOS = GRACE.toNanos();

  /** Longer than the grace time, so that the collector with the agent's channel ends it first. */
  private static final Duration ABANDONED = Duration.ofSeconds(90);

  private static final int MAX_ABANDONED_AT_ONCE = 1_000;
  private static final long ANSWER_NANOS = Duration.ofMinutes(15).toNanos();
  private static final long FINISH_NANOS = Duration.ofHours(24).toNanos();
  private static final Duration KEYS_REMEMBERED = Duration.ofHours(24);
  private static final int MAX_REMEMBERED = 100_000;

  private final CaptureLedger ledger;
  private final Presence presence;
  private final Fleet fleet;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final CaptureCounters counters;
  private final OpenCaptures open = new OpenCaptures();

  private final CaptureLimits limits;
  private final ReceivedElsewhere receivedElsewhere;

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
    this.receivedElsewhere = new ReceivedElsewhere(ledger);
    if (!presence.isShared()) {
      for (CaptureRecord capture : ledger.open()) {
        open.add(capture, nanos.getAsLong(), false);
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
    limits.check(agents);
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
    if (ledger.insert(captures, once, now) != null) {
      throw new ProblemException(
          409,
          "request under way",
          "another collector answers the request with this Idempotency-Key; send it again");
    }
    List<Id> elsewhere = new ArrayList<>();
    for (CaptureRecord capture : captures) {
      counters.ordered.increment();
      if (presence.isShared() && !fleet.isConnectedHere(capture.agent())) {
        elsewhere.add(capture.id());
      } else {
        send(addOpen(capture));
      }
    }
    presence.capturesChanged(elsewhere);
    return captures;
  }

  /** True if one more capture may be requested from this agent. */
  public boolean hasRoom(Id agent) throws IOException {
    return limits.hasRoom(agent);
  }

  /** Those of the agents from whom one more capture may be requested. */
  List<AgentIdentity> withRoom(List<AgentIdentity> agents) throws IOException {
    return limits.withRoom(agents);
  }

  /** True if no further capture may be requested from any agent. */
  boolean isFull() throws IOException {
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
    if (!limits.mayBegin(agent.id())) {
      return false;
    }
    CaptureRecord begun =
        CaptureRecord.begun(capture, agent.id(), agent.service(), reason, alert, clock.instant());
    ledger.insertBegun(begun, fleet.network(agent.id()));
    addOpen(begun);
    counters.begunByAgents.increment();
    return true;
  }

  /** Adds the alert to a capture that was registered without one. */
  public synchronized void setAlert(Id capture, Alert alert) throws IOException {
    CaptureRecord existing = find(capture);
    if (existing != null && existing.alert() == null) {
      CaptureRecord withAlert = existing.explained(alert);
      ledger.update(List.of(withAlert));
      Open live = open.find(capture);
      if (live != null) {
        live.update(withAlert, true);
      }
    }
  }

  /** Returns the capture, or null. */
  public synchronized @Nullable CaptureRecord find(Id capture) throws IOException {
    Open live = open.find(capture);
    return live != null ? live.capture() : ledger.find(capture);
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
    end(existing.sealed(seal.state(), seal.evidence(), seal.at(), seal.failure()));
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
    Open live = open.find(capture);
    if (live == null) {
      if (presence.isShared()) {
        receivedElsewhere.add(capture, agent, bytes);
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
        end(
            existing.ended(
                CaptureState.FAILED, reason == null ? "the agent gave no reason" : reason));
      }
      // only the receiver may report a successful end
      case REQUESTED, SEALED, PARTIAL -> {
        Open live = open.find(existing.id());
        if (live != null) {
          live.update(existing.advanced(existing.state(), null, progress.bytes(), 0), false);
        }
      }
    }
  }

  /** The agent has connected: sends again the requests that it may not have received. */
  public synchronized void agentConnected(Id agent, long serial) throws IOException {
    if (presence.isShared()) {
      for (CaptureRecord capture : ledger.openOf(agent)) {
        if (open.find(capture.id()) == null) {
          addOpen(capture);
        }
      }
    }
    for (Open live : List.copyOf(open.of(agent))) {
      live.reconnected();
      if (live.sentOn() != serial
          && live.capture().ordered()
          && live.capture().state() == CaptureState.REQUESTED) {
        counters.resent.increment();
        send(live);
      }
    }
  }

  /** The agent has disconnected: its grace time begins. */
  public synchronized void agentDisconnected(Id agent) {
    if (fleet.isConnectedHere(agent)) {
      return; // it has reconnected already
    }
    for (Open live : open.of(agent)) {
      live.disconnected(nanos.getAsLong());
    }
  }

  /** The agent has connected to another collector, which looks after its captures from now on. */
  public synchronized void agentMoved(Id agent) {
    for (Open live : List.copyOf(open.of(agent))) {
      open.remove(live.capture());
    }
  }

  /**
   * Another collector has changed this capture, or it is new: sends it to its agent if that is
   * connected here, and forgets it if it has ended.
   */
  public synchronized void changedElsewhere(Id capture) throws IOException {
    CaptureRecord now = ledger.find(capture);
    Open live = open.find(capture);
    if (now == null) {
      return;
    }
    if (now.state().ended()) {
      if (live != null) {
        open.remove(now);
      }
    } else if (live == null && fleet.isConnectedHere(now.agent())) {
      Open added = addOpen(now);
      if (now.ordered() && now.state() == CaptureState.REQUESTED) {
        send(added);
      }
    }
  }

  /** Reads the captures of all connected agents again: changes may not have been reported. */
  public synchronized void mayHaveChangedElsewhere() throws IOException {
    for (CaptureRecord capture : ledger.open()) {
      changedElsewhere(capture.id());
    }
    for (Open live : open.list()) {
      changedElsewhere(live.capture().id());
    }
  }

  /**
   * Ends captures whose agents are connected nowhere and that nothing has happened to for a while.
   * One collector at a time calls this, for all of them.
   */
  public synchronized void endAbandoned() throws IOException {
    for (CaptureRecord capture : ledger.abandoned(ABANDONED, MAX_ABANDONED_AT_ONCE)) {
      if (open.find(capture.id()) == null) {
        boolean partial = capture.bytes() > 0;
        end(
            capture.ended(
                partial ? CaptureState.PARTIAL : CaptureState.FAILED,
                "the agent disconnected, and did not come back within a minute"));
      }
    }
  }

  /** Ends captures that have waited too long, and saves the progress of the others. */
  public synchronized void checkTimeouts() throws IOException {
    long now = nanos.getAsLong();
    receivedElsewhere.save();
    List<CaptureRecord> changed = new ArrayList<>();
    for (Open live : open.list()) {
      String reason = timeoutReason(live, now);
      if (reason != null && presence.isShared() && isElsewhere(live)) {
        continue;
      }
      if (reason != null) {
        boolean partial = live.capture().bytes() > 0;
        end(live.capture().ended(partial ? CaptureState.PARTIAL : CaptureState.FAILED, reason));
      } else if (live.unsaved()) {
        changed.add(live.capture());
        live.update(live.capture(), true);
      }
    }
    if (!changed.isEmpty()) {
      ledger.update(changed);
    }
  }

  /**
   * True if another collector looks after the capture or receives its bytes: then it does not end
   * here now.
   */
  private boolean isElsewhere(Open live) throws IOException {
    CaptureRecord capture = live.capture();
    CaptureRecord stored = ledger.find(capture.id());
    if (stored == null || stored.state().ended() || presence.isElsewhere(capture.agent())) {
      open.remove(capture);
      return true;
    }
    if (ledger.isTouchedWithin(capture.id(), GRACE) && live.isDisconnected()) {
      live.signOfLife(nanos.getAsLong());
      return true;
    }
    return false;
  }

  /** Deletes the oldest ended captures beyond the limit, and old idempotency keys. */
  public void forget() throws IOException {
    counters.forgotten.add(ledger.forget(MAX_REMEMBERED, clock.instant().minus(KEYS_REMEMBERED)));
  }

  /** Returns a page of captures, newest first. */
  synchronized Page<CaptureRecord> page(
      CaptureLedger.Filter filter, @Nullable Long before, int limit) throws IOException {
    Page<CaptureRecord> rows = ledger.page(filter, before, limit);
    List<CaptureRecord> current = new ArrayList<>();
    for (CaptureRecord row : rows.items()) {
      Open live = open.find(row.id());
      current.add(live == null ? row : live.capture());
    }
    return new Page<>(current, rows.next());
  }

  /** Returns the captures that were requested with this idempotency key, or null. */
  CaptureLedger.@Nullable Remembered remembered(String key) throws IOException {
    return ledger.remembered(key);
  }

  private void advance(CaptureRecord existing, CaptureProgress progress) throws IOException {
    Open live = open.find(existing.id());
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
    Open updated = live == null ? addOpen(existing) : live;
    updated.announced(progress.of());
    updated.update(advanced, mustSave);
  }

  private void end(CaptureRecord ended) throws IOException {
    ledger.update(List.of(ended));
    receivedElsewhere.forget(ended.id());
    if (presence.isShared() && open.find(ended.id()) == null) {
      presence.capturesChanged(List.of(ended.id()));
    }
    open.remove(ended);
    switch (ended.state()) {
      case SEALED -> counters.sealed.increment();
      case PARTIAL -> counters.partial.increment();
      default -> counters.failed.increment();
    }
  }

  private Open addOpen(CaptureRecord capture) {
    return open.add(capture, nanos.getAsLong(), fleet.isConnectedHere(capture.agent()));
  }

  private void send(Open live) {
    CaptureRecord capture = live.capture();
    live.sentOn(
        fleet.send(
            capture.agent(),
            new CollectorMessage.StartCapture(
                capture.id(),
                capture.artifacts(),
                capture.reason(),
                capture.alert(),
                capture.force())));
  }

  private static @Nullable String timeoutReason(Open live, long now) {
    boolean requested = live.capture().state() == CaptureState.REQUESTED;
    if (live.disconnectedNanos(now) > GRACE_NANOS) {
      return requested
          ? "the agent disconnected before it began, and did not come back within a minute"
          : "the agent disconnected, and did not come back within a minute";
    }
    if (requested && live.ageNanos(now) > ANSWER_NANOS) {
      return "the agent is connected, yet did not begin within 15 minutes";
    }
    return live.ageNanos(now) > FINISH_NANOS ? "not finished within 24 hours" : null;
  }
}
