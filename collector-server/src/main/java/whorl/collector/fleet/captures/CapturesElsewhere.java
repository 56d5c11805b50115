package whorl.collector.fleet.captures;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.agents.Presence;
import whorl.collector.fleet.captures.OpenCaptures.Open;
import whorl.collector.store.outage.OneByOne;
import whorl.collector.store.records.CaptureLedger;
import whorl.collector.store.records.CaptureRecord;
import whorl.evidence.Id;
import whorl.evidence.channel.CaptureState;

/**
 * What captures have to do with other collectors: the collector with an agent's channel looks after
 * the agent's captures, and any collector may request one or receive its evidence. Not thread-safe;
 * the caller must lock.
 */
final class CapturesElsewhere {
  /** Longer than the grace time, so that the collector with the agent's channel ends it first. */
  private static final Duration ABANDONED = Duration.ofSeconds(90);

  private static final int MAX_ABANDONED_AT_ONCE = 1_000;

  private final CaptureLedger ledger;
  private final Presence presence;
  private final Fleet fleet;
  private final LongSupplier nanos;
  private final CaptureTracking tracking;

  CapturesElsewhere(
      CaptureLedger ledger,
      Presence presence,
      Fleet fleet,
      LongSupplier nanos,
      CaptureTracking tracking) {
    this.ledger = ledger;
    this.presence = presence;
    this.fleet = fleet;
    this.nanos = nanos;
    this.tracking = tracking;
  }

  /** True if the agent may have captures that were another collector's. Needs no lock. */
  boolean hasOpen(Id agent) throws IOException {
    return presence.isShared() && !ledger.openOf(agent).isEmpty();
  }

  /** The agent has connected here: its captures were another collector's until now. */
  void agentConnected(Id agent) throws IOException {
    for (CaptureRecord capture : ledger.openOf(agent)) {
      if (tracking.open().find(capture.id()) == null) {
        tracking.add(capture);
      }
    }
  }

  /** The agent has connected to another collector, which looks after its captures from now on. */
  void agentMoved(Id agent) {
    for (Open live : List.copyOf(tracking.open().of(agent))) {
      tracking.open().remove(live.capture());
    }
  }

  /**
   * Another collector has changed these captures, or they are new: sends them to their agents if
   * those are connected here, and forgets those that have ended.
   */
  void changed(Collection<Id> captures) throws IOException {
    for (CaptureRecord now : ledger.findAll(captures)) {
      changed(now);
    }
  }

  private void changed(CaptureRecord now) {
    Open live = tracking.open().find(now.id());
    if (now.state().ended()) {
      if (live != null) {
        tracking.open().remove(now);
      }
    } else if (live == null && fleet.isConnectedHere(now.agent())) {
      Open added = tracking.add(now);
      if (now.ordered() && now.state() == CaptureState.REQUESTED) {
        tracking.send(added);
      }
    }
  }

  /** Reads the captures of all connected agents again: changes may not have been reported. */
  void mayHaveChanged() throws IOException {
    for (CaptureRecord capture : ledger.open()) {
      changed(capture);
    }
    changed(tracking.open().list().stream().map(live -> live.capture().id()).toList());
  }

  /**
   * Ends captures whose agents are connected nowhere and that nothing has happened to for a while.
   */
  void endAbandoned() throws IOException {
    OneByOne abandoned = new OneByOne();
    for (CaptureRecord capture : ledger.abandoned(ABANDONED, MAX_ABANDONED_AT_ONCE)) {
      if (tracking.open().find(capture.id()) == null) {
        abandoned.run(
            "capture " + capture.id(),
            () ->
                tracking.giveUp(
                    capture, "the agent disconnected, and did not come back within a minute"));
      }
    }
    abandoned.end();
  }

  /**
   * True if another collector looks after the capture or receives its bytes: then it does not end
   * here now.
   */
  boolean isLookedAfter(Open live) throws IOException {
    if (!presence.isShared()) {
      return false;
    }
    CaptureRecord capture = live.capture();
    CaptureRecord stored = ledger.find(capture.id());
    if (stored == null || stored.state().ended() || presence.isElsewhere(capture.agent())) {
      tracking.open().remove(capture);
      return true;
    }
    if (ledger.isTouchedWithin(capture.id(), CaptureTracking.GRACE) && live.isDisconnected()) {
      live.signOfLife(nanos.getAsLong());
      return true;
    }
    return false;
  }
}
