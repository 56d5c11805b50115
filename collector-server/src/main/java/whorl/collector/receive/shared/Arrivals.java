package whorl.collector.receive.shared;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.limit.RemoteNetwork;
import whorl.collector.receive.SealListener;
import whorl.collector.recent.RecentMap;
import whorl.evidence.Id;

/**
 * Notes that bytes of evidence have come, but not more often than it takes for a person: a
 * statement for each of many small artifacts would cost as much as they do. Thread-safe.
 */
final class Arrivals {
  private static final int REMEMBERED_MAX = 10_000;

  private final EvidenceRows rows;
  private final long intervalNanos;
  private final Map<Id, Long> notedNanos = RecentMap.byAddition(REMEMBERED_MAX);

  /**
   * @param interval between two notes of the same evidence
   */
  Arrivals(EvidenceRows rows, Duration interval) {
    this.rows = rows;
    this.intervalNanos = interval.toNanos();
  }

  /** Returns null if it was noted just before, or if the evidence is gone. */
  SealListener.@Nullable Arrived received(Id evidence, String address) throws IOException {
    long now = System.nanoTime();
    synchronized (notedNanos) {
      Long before = notedNanos.get(evidence);
      if (before != null && now - before < intervalNanos) {
        return null;
      }
      notedNanos.put(evidence, now);
    }
    return rows.touch(evidence, RemoteNetwork.of(address));
  }
}
