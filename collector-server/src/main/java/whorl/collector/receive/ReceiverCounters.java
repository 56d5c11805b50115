package whorl.collector.receive;

import java.util.concurrent.atomic.LongAdder;

/** The receiver's counters since its start, for the metrics. */
public final class ReceiverCounters {
  final LongAdder bytesReceived = new LongAdder();
  final LongAdder artifactsReceived = new LongAdder();
  final LongAdder evidenceSealed = new LongAdder();
  final LongAdder evidencePartial = new LongAdder();
  final LongAdder evidenceRefused = new LongAdder();
  final LongAdder sealsLacking = new LongAdder();
  final LongAdder checksumMismatches = new LongAdder();
  final LongAdder waitsForSlot = new LongAdder();
  final LongAdder refusedForRoom = new LongAdder();
  final LongAdder refusedForLimits = new LongAdder();
  final LongAdder uploadsTerminated = new LongAdder();
  final LongAdder uploadsDropped = new LongAdder();
  final LongAdder listenerFailures = new LongAdder();

  ReceiverCounters() {}

  public long bytesReceived() {
    return bytesReceived.sum();
  }

  public long artifactsReceived() {
    return artifactsReceived.sum();
  }

  public long evidenceSealed() {
    return evidenceSealed.sum();
  }

  public long evidencePartial() {
    return evidencePartial.sum();
  }

  public long evidenceRefused() {
    return evidenceRefused.sum();
  }

  /** Envelopes that arrived while artifacts were missing or differed from the manifest. */
  public long sealsLacking() {
    return sealsLacking.sum();
  }

  public long checksumMismatches() {
    return checksumMismatches.sum();
  }

  /** Upload requests that had to wait for a slot. */
  public long waitsForSlot() {
    return waitsForSlot.sum();
  }

  public long refusedForRoom() {
    return refusedForRoom.sum();
  }

  public long refusedForLimits() {
    return refusedForLimits.sum();
  }

  public long uploadsTerminated() {
    return uploadsTerminated.sum();
  }

  /** Uploads whose bytes were discarded: replaced, not what the manifest says, or unreadable. */
  public long uploadsDropped() {
    return uploadsDropped.sum();
  }

  public long listenerFailures() {
    return listenerFailures.sum();
  }
}
