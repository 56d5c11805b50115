package whorl.collector.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import whorl.collector.limit.RemoteNetwork;

/**
 * How often one address may fail to log in: ten times, and once more every six seconds. Those seen
 * last are remembered. Thread-safe.
 */
final class LoginLimit {
  private static final int AT_ONCE = 10;
  private static final long EACH_NANOS = Duration.ofSeconds(6).toNanos();
  private static final int ADDRESSES_MAX = 4_096;

  private final LongSupplier nanos;

  /** By address, when it will have all its attempts again; the one seen last at the end. */
  private final Map<String, Long> fullAgain = new LinkedHashMap<>(16, 0.75f, true);

  LoginLimit(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * Counts a failure.
   *
   * @throws ProblemException 429, when there were too many
   */
  synchronized void failed(String remoteAddress) {
    String address = RemoteNetwork.of(remoteAddress);
    long now = nanos.getAsLong();
    long full = Math.max(0, fullAgain.getOrDefault(address, now) - now) + EACH_NANOS;
    long wait = full - AT_ONCE * EACH_NANOS;
    if (wait > 0) {
      long seconds = Duration.ofNanos(wait).toSeconds() + 1;
      throw new ProblemException(
          429,
          "too many logins",
          "too many failed from your address; try again in " + seconds + " s",
          Map.of("Retry-After", Long.toString(seconds)));
    }
    fullAgain.put(address, now + full);
    if (fullAgain.size() > ADDRESSES_MAX) {
      fullAgain.remove(fullAgain.keySet().iterator().next());
    }
  }

  /** How many addresses are remembered. */
  synchronized int remembered() {
    return fullAgain.size();
  }
}
