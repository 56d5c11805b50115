package whorl.collector.http.auth;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import whorl.collector.http.request.ProblemException;
import whorl.collector.limit.RemoteNetwork;

/**
 * Limits failed logins per network: ten at once, and one more every six seconds. Keeps the networks
 * seen last. Thread-safe.
 */
final class LoginLimit {
  private static final int MAX_BURST = 10;
  private static final long NANOS_PER_ATTEMPT = Duration.ofSeconds(6).toNanos();
  private static final int MAX_NETWORKS = 4_096;

  private final LongSupplier nanos;

  /**
   * By network, the time when all its attempts are available again; the network seen last is at the
   * end.
   */
  private final Map<String, Long> fullyRestoredNanos = new LinkedHashMap<>(16, 0.75f, true);

  LoginLimit(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * Counts a failure.
   *
   * @throws ProblemException 429 after too many failures
   */
  synchronized void failed(String remoteAddress) {
    String network = RemoteNetwork.of(remoteAddress);
    long now = nanos.getAsLong();
    long restoreNanos =
        Math.max(0, fullyRestoredNanos.getOrDefault(network, now) - now) + NANOS_PER_ATTEMPT;
    long wait = restoreNanos - MAX_BURST * NANOS_PER_ATTEMPT;
    if (wait > 0) {
      long seconds = Duration.ofNanos(wait).toSeconds() + 1;
      throw new ProblemException(
          429,
          "too many logins",
          "too many failed from your address; try again in " + seconds + " s",
          Map.of("Retry-After", Long.toString(seconds)));
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
