package whorl.collector.fleet.captures;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.agents.Presence;
import whorl.collector.fleet.captures.OpenCaptures.Open;
import whorl.collector.store.records.CaptureLedger;
import whorl.collector.store.records.CaptureRecord;
import whorl.evidence.Id;
import whorl.evidence.channel.CaptureState;
import whorl.evidence.channel.CollectorMessage;

/**
 * The captures that this collector looks after, and their steps: they are sent to their agents, and
 * end. Not thread-safe; the caller must lock.
 */
final class CaptureTracking {
  /** A capture ends when its agent is disconnected for longer. */
  static final Duration GRACE = Duration.ofSeconds(60);

  private static final long GRACE_NANOS = GRACE.toNanos();
  private static final long ANSWER_NANOS = Duration.ofMinutes(15).toNanos();
  private static final long FINISH_NANOS = Duration.ofHours(24).toNanos();

  private final CaptureLedger ledger;
  private final Presence presence;
  private final Fleet fleet;
  private final LongSupplier nanos;
  private final CaptureCounters counters;
  private final OpenCaptures open = new OpenCaptures();
  private final ReceivedElsewhere receivedElsewhere;

  CaptureTracking(
      CaptureLedger ledger,
      Presence presence,
      Fleet fleet,
      LongSupplier nanos,
      CaptureCounters counters) {
    this.ledger = ledger;
    this.presence = presence;
    this.fleet = fleet;
    this.nanos = nanos;
    this.counters = counters;
    this.receivedElsewhere = new ReceivedElsewhere(ledger);
  }

  /** The captures that are open here. */
  OpenCaptures open() {
    return open;
  }

  /** The bytes of captures that other collectors look after. */
  ReceivedElsewhere receivedElsewhere() {
    return receivedElsewhere;
  }

  /** Returns the capture, or null. */
  @Nullable CaptureRecord find(Id capture) throws IOException {
    Open live = open.find(capture);
    return live != null ? live.capture() : ledger.find(capture);
  }

  Open add(CaptureRecord capture) {
    return open.add(capture, nanos.getAsLong(), fleet.isConnectedHere(capture.agent()));
  }

  /** Adds a capture of an earlier run. */
  void addEarlier(CaptureRecord capture) {
    open.add(capture, nanos.getAsLong(), false);
  }

  /** Sends the request to the agent. */
  void send(Open live) {
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

  /** Records the end of a capture. */
  void end(CaptureRecord ended) throws IOException {
    ledger.update(List.of(ended));
    receivedElsewhere.forget(ended.id());
    // also of one that is open here, if the agent has moved: the other collector has it open too
    if (presence.isShared() && !fleet.isConnectedHere(ended.agent())) {
      presence.capturesChanged(List.of(ended.id()));
    }
    open.remove(ended);
    switch (ended.state()) {
      case SEALED -> counters.sealed.increment();
      case PARTIAL -> counters.partial.increment();
      default -> counters.failed.increment();
    }
  }

  /** Ends a capture that has waited too long: what arrived of it stays. */
  void giveUp(CaptureRecord capture, String reason) throws IOException {
    boolean partial = capture.bytes() > 0;
    end(capture.ended(partial ? CaptureState.PARTIAL : CaptureState.FAILED, reason));
  }

  /** Why the capture has waited too long, in words for a person; null if it has not. */
  static @Nullable String timeoutReason(Open live, long now) {
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
