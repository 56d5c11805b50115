package whorl.collector.alerts;

import java.util.concurrent.atomic.LongAdder;

/** Alerts since the start, for the metrics. Safe for use by several threads. */
public final class AlertCounters {
  final LongAdder fromAgents = new LongAdder();
  final LongAdder fromOutside = new LongAdder();
  final LongAdder ofSilence = new LongAdder();
  final LongAdder fromSelfTests = new LongAdder();
  final LongAdder ofChains = new LongAdder();
  final LongAdder full = new LongAdder();
  final LongAdder heldBackByStorm = new LongAdder();
  final LongAdder joined = new LongAdder();
  final LongAdder unmatched = new LongAdder();
  final LongAdder repeated = new LongAdder();
  final LongAdder malformed = new LongAdder();
  final LongAdder trimmedEvents = new LongAdder();
  final LongAdder withoutRoom = new LongAdder();
  final LongAdder overQuota = new LongAdder();
  final LongAdder tooMany = new LongAdder();

  /** Alerts raised by agents and stored. */
  public long fromAgents() {
    return fromAgents.sum();
  }

  /** Alerts that came through webhooks and were stored. */
  public long fromOutside() {
    return fromOutside.sum();
  }

  /** The collector's own alerts, about agents that are lost, blind or stalled. */
  public long ofSilence() {
    return ofSilence.sum() + fromSelfTests.sum() + ofChains.sum();
  }

  /** Captures that the collector allowed alerts to start. */
  public long full() {
    return full.sum();
  }

  /** Captures that storm control refused; their alerts are stored with their journal. */
  public long heldBackByStorm() {
    return heldBackByStorm.sum();
  }

  /** External alerts that joined a capture begun shortly before. */
  public long joined() {
    return joined.sum();
  }

  /** External alerts that matched no connected agent. */
  public long unmatched() {
    return unmatched.sum();
  }

  /** Alerts that agents raised again after a lost connection; these are not stored again. */
  public long repeated() {
    return repeated.sum();
  }

  /** Alerts that were not stored for lack of room. */
  public long withoutRoom() {
    return withoutRoom.sum();
  }

  /** Alerts of agents that were not stored, since their network's alerts took the day's room. */
  public long overQuota() {
    return overQuota.sum();
  }

  /** External alerts refused because their token sent too many within a minute. */
  public long tooMany() {
    return tooMany.sum();
  }

  /** Malformed webhook bodies. */
  public long malformed() {
    return malformed.sum();
  }

  /**
   * Events left out of an alert's journal because it was too long. They are still in the agent's
   * journal.
   */
  public long trimmedEvents() {
    return trimmedEvents.sum();
  }
}
