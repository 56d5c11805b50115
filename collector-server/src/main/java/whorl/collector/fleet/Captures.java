package whorl.collector.fleet;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.OpenCaptures.Open;
import whorl.collector.http.ProblemException;
import whorl.collector.store.CaptureLedger;
import whorl.collector.store.CaptureLedger.OnceKey;
import whorl.collector.store.CaptureRecord;
import whorl.collector.store.Page;
import whorl.evidence.AgentIdentity;
import whorl.evidence.AgentMessage.CaptureProgress;
import whorl.evidence.Alert;
import whorl.evidence.CaptureState;
import whorl.evidence.CollectorMessage;
import whorl.evidence.Id;

/**
 * Every capture from the request to its end.
 *
 * <pre>
 * requested → running → shipping → sealed
 *      ↓          ↓         ↓
 *    failed     failed    partial      the agent gone for a minute, or it said so
 * </pre>
 *
 * What failed or stayed partial because the agent was gone goes on when the agent comes back, and
 * is sealed whenever its evidence arrives. State changes are on disk when a method returns; how
 * many bytes have come is written a moment later. Safe for use by several threads.
 */
public final class Captures {
  private static final long GRACE_NANOS = Duration.ofSeconds(60).toNanos();
  private static final long ANSWER_NANOS = Duration.ofMinutes(15).toNanos();
  private static final long FINISH_NANOS = Duration.ofHours(24).toNanos();
  private static final Duration KEYS_REMEMBERED = Duration.ofHours(24);
  private static final int MAX_REMEMBERED = 100_000;

  /** Of those that were asked for, and of those that agents began by themselves. */
  static final int MAX_OPEN = 10_000;

  /** The most open captures that all agents behind one address began by themselves. */
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
   * Asks each of these agents for a capture.
   *
   * @param once the request's idempotency key, if it has one
   * @throws ProblemException 429 when an agent, or the collector, has too many open; none is begun
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
    ledger.insert(captures, once, now);
    for (CaptureRecord capture : captures) {
      counters.ordered.increment();
      send(opened(capture));
    }
    return captures;
  }

  /** Whether this agent may be asked for one more; what strangers begin has no part in it. */
  public synchronized boolean hasRoom(Id agent) {
    return open.of(agent).size() < MAX_OPEN_PER_AGENT && open.ordered() < MAX_OPEN;
  }

  /** Whether no agent may be asked for one more. */
  synchronized boolean isFull() {
    return open.ordered() >= MAX_OPEN;
  }

  /** Whether this agent may begin one more by itself. */
  private boolean mayBegin(Id agent) {
    return open.of(agent).size() < MAX_OPEN_PER_AGENT
        && open.begun() < MAX_OPEN
        && open.begunFrom(fleet.network(agent)) < MAX_BEGUN_FROM_NETWORK;
  }

  /**
   * An agent begins a capture by itself.
   *
   * @return false when too many are open of it, of its network or of all; then nothing is noted
   */
  public synchronized boolean begun(
      AgentIdentity agent, Id capture, String reason, @Nullable Alert alert) throws IOException {
    if (!mayBegin(agent.id())) {
      return false;
    }
    CaptureRecord begun =
        CaptureRecord.begun(capture, agent.id(), agent.service(), reason, alert, clock.instant());
    ledger.insert(List.of(begun), null, clock.instant());
    opened(begun);
    counters.begunByAgents.increment();
    return true;
  }

  /** What a capture was begun for is told later than its beginning. */
  public synchronized void explain(Id capture, Alert alert) throws IOException {
    CaptureRecord known = find(capture);
    if (known != null && known.alert() == null) {
      CaptureRecord explained = known.explained(alert);
      ledger.update(List.of(explained));
      Open live = open.find(capture);
      if (live != null) {
        live.now(explained, true);
      }
    }
  }

  /** The capture, or null. */
  public synchronized @Nullable CaptureRecord find(Id capture) throws IOException {
    Open live = open.find(capture);
    return live != null ? live.capture() : ledger.find(capture);
  }

  /**
   * The receiver has all it will have; it may say so more than once. Evidence under another agent's
   * capture changes nothing.
   */
  public synchronized void sealed(SealedCapture seal) throws IOException {
    CaptureRecord known = find(seal.capture());
    if (known == null) {
      known =
          CaptureRecord.begun(
              seal.capture(),
              seal.agent(),
              seal.service(),
              seal.reason(),
              seal.alert(),
              clock.instant());
      ledger.insert(List.of(known), null, clock.instant());
      counters.begunByAgents.increment();
    }
    if (!known.agent().equals(seal.agent())) {
      counters.foreignProgress.increment();
      return;
    }
    if (known.sealedAt() != null
        && (known.state() == CaptureState.SEALED || seal.state() != CaptureState.SEALED)) {
      return; // told before
    }
    end(known.sealed(seal.state(), seal.evidence(), seal.at(), seal.failure()));
  }

  /**
   * The receiver has bytes of an open capture. They are a sign of life: while the heap is dumped
   * the agent's whole JVM stands still, its channel too, and only they tell that it is not gone.
   *
   * @param streamed of these bytes those that the agent does not keep, hence never announces
   */
  public synchronized void received(Id capture, Id agent, long bytes, long streamed) {
    Open live = open.find(capture);
    if (live == null) {
      return;
    }
    CaptureRecord known = live.capture();
    if (!known.agent().equals(agent)) {
      counters.foreignProgress.increment();
      return;
    }
    live.heard(nanos.getAsLong());
    fleet.heardOf(agent);
    live.streamed(streamed);
    live.now(known.advanced(known.state(), null, bytes, live.expectedBytes()), false);
  }

  /** The agent says how far it is. */
  synchronized void progress(AgentIdentity agent, CaptureProgress progress) throws IOException {
    CaptureRecord known = find(progress.capture());
    if (known == null) {
      if (!begun(agent, progress.capture(), "begun by the agent", null)) {
        counters.foreignProgress.increment();
        return;
      }
      known = find(progress.capture());
    }
    if (known == null || !known.agent().equals(agent.id())) {
      counters.foreignProgress.increment();
      return;
    }
    if (known.sealedAt() != null) {
      return; // what the receiver said stands
    }
    switch (progress.state()) {
      case RUNNING, SHIPPING -> advance(known, progress);
      case FAILED -> {
        String reason = progress.reason();
        end(known.ended(CaptureState.FAILED, reason == null ? "the agent gave no reason" : reason));
      }
      // only the receiver says how a capture ends well
      case REQUESTED, SEALED, PARTIAL -> {
        Open live = open.find(known.id());
        if (live != null) {
          live.now(known.advanced(known.state(), null, progress.bytes(), 0), false);
        }
      }
    }
  }

  /** The agent has connected: what it may not have heard is sent again. */
  synchronized void agentArrived(Id agent, long serial) {
    for (Open live : List.copyOf(open.of(agent))) {
      live.back();
      if (live.sentOn() != serial
          && live.capture().ordered()
          && live.capture().state() == CaptureState.REQUESTED) {
        counters.resent.increment();
        send(live);
      }
    }
  }

  /** The agent's connection is gone; the grace time begins. */
  synchronized void agentGone(Id agent) {
    if (fleet.isConnected(agent)) {
      return; // it is back already
    }
    for (Open live : open.of(agent)) {
      live.gone(nanos.getAsLong());
    }
  }

  /** Gives up what has waited too long, and writes how far the others are. */
  synchronized void tend() throws IOException {
    long now = nanos.getAsLong();
    List<CaptureRecord> changed = new ArrayList<>();
    for (Open live : open.all()) {
      String reason = givenUp(live, now);
      if (reason != null) {
        boolean some = live.capture().bytes() > 0;
        end(live.capture().ended(some ? CaptureState.PARTIAL : CaptureState.FAILED, reason));
      } else if (live.unsaved()) {
        changed.add(live.capture());
        live.now(live.capture(), true);
      }
    }
    if (!changed.isEmpty()) {
      ledger.update(changed);
    }
  }

  /** Forgets the oldest of too many ended captures, and old idempotency keys. */
  void forget() throws IOException {
    counters.forgotten.add(ledger.forget(MAX_REMEMBERED, clock.instant().minus(KEYS_REMEMBERED)));
  }

  /** The newest first. */
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

  /** The captures that were begun under this key, or null. */
  CaptureLedger.@Nullable Remembered remembered(String key) throws IOException {
    return ledger.remembered(key);
  }

  private void advance(CaptureRecord known, CaptureProgress progress) throws IOException {
    Open live = open.find(known.id());
    boolean room = known.ordered() ? hasRoom(known.agent()) : mayBegin(known.agent());
    if (live == null && !room) {
      counters.foreignProgress.increment();
      return;
    }
    CaptureState to =
        known.state().ended() || progress.state().compareTo(known.state()) > 0
            ? progress.state()
            : known.state();
    long of = progress.of();
    if (live != null) {
      live.announced(of);
      of = live.expectedBytes();
    }
    CaptureRecord advanced = known.advanced(to, progress.evidence(), progress.bytes(), of);
    boolean worthAWrite =
        to != known.state()
            || (progress.evidence() != null && !progress.evidence().equals(known.evidence()));
    if (worthAWrite) {
      ledger.update(List.of(advanced));
    }
    Open now = live == null ? opened(known) : live;
    now.announced(progress.of());
    now.now(advanced, worthAWrite);
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

  private Open opened(CaptureRecord capture) {
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

  private static @Nullable String givenUp(Open live, long now) {
    boolean requested = live.capture().state() == CaptureState.REQUESTED;
    if (live.goneNanos(now) > GRACE_NANOS) {
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
