package whorl.collector.http.auth;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import whorl.collector.limit.RemoteNetwork;

/** Counts the failed logins at this collector, in memory. Keeps the networks seen last. */
public final class LocalLoginLimit implements LoginLimit {
  private static final long NANOS_PER_ATTEMPT = PERIOD.toNanos();
  private static final int MAX_NETWORKS = 4_096;

  private final LongSupplier nanos;

  /**
   * By network, the time when all its attempts are available again; the network seen last is at the
   * end.
   */
  private final Map<String, Long> fullyRestoredNanos = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param nanos a clock that never goes back, as {@code System::nanoTime}
   */
  public LocalLoginLimit(LongSupplier nanos) {
    this.nanos = nanos;
  }

  @Override
  public synchronized void failed(String remoteAddress) {
    String network = RemoteNetwork.of(remoteAddress);
    long now = nanos.getAsLong();
    long restoreNanos =
        Math.max(0, fullyRestoredNanos.getOrDefault(network, now) - now) + NANOS_PER_ATTEMPT;
    long wait = restoreNanos - BURST * NANOS_PER_ATTEMPT;
    if (wait > 0) {
      throw LoginLimit.tooMany(Duration.ofNanos(wait));
    }
    fullyRestoredNanos.put(network, now + restoreNanos);
    if (fullyRestoredNanos.size() > MAX_NETWORKS) {
      fullyRestoredNanos.remove(fullyRestoredNanos.keySet().iterator().next());
    }
  }

  /** Returns the number of remembered networks. */
  synchronized int remembered() {
    return fullyRestoredNanos.size();
  }
}
