package whorl.agent.ship.net;

import whorl.agent.ship.ShipStatus;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** The counters of {@link ShipStatus}. Any thread. */
final class ShipMetrics {
  final AtomicLong connections = new AtomicLong();
  final AtomicLong bytesShipped = new AtomicLong();
  final AtomicLong evidenceShipped = new AtomicLong();
  final AtomicLong evidenceKept = new AtomicLong();
  final AtomicLong evidenceRejected = new AtomicLong();
  final AtomicLong messagesNotUnderstood = new AtomicLong();
  final AtomicReference<String> lastError = new AtomicReference<>();
  final AtomicReference<Instant> lastShippedAt = new AtomicReference<>();

  /** The offset to add to this JVM's clock to get the collector's; null while unknown. */
  final AtomicReference<Duration> clockOffset = new AtomicReference<>();
}
