package whorl.collector.receive;

import java.util.concurrent.atomic.LongAdder;

/** The receiver's counters since its start, for the metrics. */
public final class ReceiverCounters {
  public final LongAdder bytesReceived = new LongAdder();
  public final LongAdder artifactsReceived = new LongAdder();
  public final LongAdder evidenceSealed = new LongAdder();
  public final LongAdder evidencePartial = new LongAdder();
  public final LongAdder evidenceRefused = new LongAdder();
  public final LongAdder sealsLacking = new LongAdder();
  public final LongAdder checksumMismatches = new LongAdder();
  public final LongAdder waitsForSlot = new LongAdder();
  public final LongAdder refusedForRoom = new LongAdder();
  public final LongAdder refusedForLimits = new LongAdder();
  public final LongAdder uploadsTerminated = new LongAdder();
  public final LongAdder uploadsDropped = new LongAdder();
  public final LongAdder listenerFailures = new LongAdder();

  public ReceiverCounters() {}

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
