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
  private static final long GRACE_NANOS = Duration.ofSeconds(60).toNanos();
  private static final long ANSWER_NANOS = Duration.ofMinutes(15).toNanos();
  private static final long FINISH_NANOS = Duration.ofHours(24).toNanos();
  private static final Duration KEYS_REMEMBERED = Duration.ofHours(24);
  private static final int MAX_REMEMBERED = 100_000;

  /**
   * Limit for requested captures, and the same limit for captures that agents began by themselves.
   */
  static final int MAX_OPEN = 10_000;

  /** Limit for open captures that all agents of one network began by themselves. */
  static final int MAX_BEGUN_FROM_NETWORK = MAX_OPEN / 2;

  private static final int MAX_OPEN_PER_AGENT = 16;

  private final CaptureLedger ledger;
  private final Fleet fleet;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final CaptureCounters counters;
  private final OpenCaptures open = new OpenCaptures();

  public Captures(
      CaptureLedger ledger,
      Fleet fleet,
      InstantSource clock,
      LongSupplier nanos,
      CaptureCounters counters)
      throws IOException {
    this.ledger = ledger;
    this.fleet = fleet;
    this.clock = clock;
    this.nanos = nanos;
    this.counters = counters;
    for (CaptureRecord capture : ledger.open()) {
      open.add(capture, "", nanos.getAsLong(), false);
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
    if (open.ordered() + agents.size() > MAX_OPEN) {
      throw new ProblemException(
          429,
          "too many captures",
          "more than " + MAX_OPEN + " captures would be open; name fewer agents, or wait");
    }
    for (AgentIdentity agent : agents) {
      if (!hasRoom(agent.id())) {
        throw new ProblemException(
            429,
            "too many captures",
            "agent " + agent.id() + " has too many captures open; wait until some have ended");
      }
    }
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
    for (CaptureRecord capture : captures) {
      counters.ordered.increment();
      send(addOpen(capture));
    }
    return captures;
  }

  /**
   * True if one more capture may be requested from this agent. Captures that agents begin by
   * themselves fill only this agent's own limit.
   */
  public synchronized boolean hasRoom(Id agent) {
    return open.of(agent).size() < MAX_OPEN_PER_AGENT && open.ordered() < MAX_OPEN;
  }

  /** True if no further capture may be requested from any agent. */
  synchronized boolean isFull() {
    return open.ordered() >= MAX_OPEN;
  }

  /** True if this agent may begin one more capture by itself. */
  private boolean mayBegin(Id agent) {
    return open.of(agent).size() < MAX_OPEN_PER_AGENT
        && open.begun() < MAX_OPEN
        && open.begunFrom(fleet.network(agent)) < MAX_BEGUN_FROM_NETWORK;
  }

  /**
   * Registers a capture that an agent begins by itself.
   *
   * @return false when the agent, its network or all agents have too many open; then nothing is
   *     stored
   */
  public synchronized boolean begun(
      AgentIdentity agent, Id capture, String reason, @Nullable Alert alert) throws IOException {
    if (!mayBegin(agent.id())) {
      return false;
    }
    CaptureRecord begun =
        CaptureRecord.begun(capture, agent.id(), agent.service(), reason, alert, clock.instant());
    ledger.insert(List.of(begun), null, clock.instant());
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
  public synchronized void agentConnected(Id agent, long serial) {
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
    if (fleet.isConnected(agent)) {
      return; // it has reconnected already
    }
    for (Open live : open.of(agent)) {
      live.disconnected(nanos.getAsLong());
    }
  }

  /** Ends captures that have waited too long, and saves the progress of the others. */
  public synchronized void checkTimeouts() throws IOException {
    long now = nanos.getAsLong();
    List<CaptureRecord> changed = new ArrayList<>();
    for (Open live : open.list()) {
      String reason = timeoutReason(live, now);
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
    boolean room = existing.ordered() ? hasRoom(existing.agent()) : mayBegin(existing.agent());
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
    open.remove(ended);
    switch (ended.state()) {
      case SEALED -> counters.sealed.increment();
      case PARTIAL -> counters.partial.increment();
      default -> counters.failed.increment();
    }
  }

  private Open addOpen(CaptureRecord capture) {
    Id agent = capture.agent();
    return open.add(capture, fleet.network(agent), nanos.getAsLong(), fleet.isConnected(agent));
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
