package whorl.collector.receive.shared;

import java.time.Duration;
import whorl.collector.receive.ReceiveLimits;

/** Limits that are soon reached. */
final class TestCollectorLimits {
  private TestCollectorLimits() {}

  static ReceiveLimits of(int unfinishedUploads, int evidenceAtOnce) {
    return new ReceiveLimits(
        64 << 20, 100, unfinishedUploads, 1 << 20, evidenceAtOnce, Duration.ofHours(24));
  }
}
