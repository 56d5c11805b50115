package whorl.agent.ship.net;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import whorl.agent.ship.ShipStatus;

/** The counters of {@link ShipStatus}. Any thread. */
public final class ShipMetrics {
  public final AtomicLong connections = new AtomicLong();
  public final AtomicLong bytesShipped = new AtomicLong();
  public final AtomicLong evidenceShipped = new AtomicLong();
  public final AtomicLong evidenceKept = new AtomicLong();
  public final AtomicLong evidenceRejected = new AtomicLong();
  public final AtomicLong messagesNotUnderstood = new AtomicLong();
  public final AtomicReference<String> lastError = new AtomicReference<>();
  public final AtomicReference<Instant> lastShippedAt = new AtomicReference<>();

  /** The offset to add to this JVM's clock to get the collector's; null while unknown. */
  public final AtomicReference<Duration> clockOffset = new AtomicReference<>();
}
