package whorl.collector.http;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says who was turned away: with which role, from where, at which route. No more than some lines a
 * minute, for whoever is turned away decides how often that is. Thread-safe.
 */
final class DenialLog {
  static final int LINES_A_MINUTE = 60;

  private static final Logger LOG = LoggerFactory.getLogger("whorl.access.denied");

  private final LongSupplier nanos;
  private long windowBegan;
  private int told;
  private long untold;

  /**
   * @param nanos as {@link System#nanoTime}
   */
  DenialLog(LongSupplier nanos) {
    this.nanos = nanos;
    this.windowBegan = nanos.getAsLong();
  }

  void tell(Exchange exchange, int status) {
    long left = window();
    if (left > 0) {
      LOG.warn("{} more were turned away within a minute", left);
    }
    if (left >= 0) {
      Principal principal = exchange.principal();
      LOG.warn(
          "turned away with {}: {} {} from {}, {}",
          status,
          exchange.knownMethod(),
          exchange.template(),
          exchange.remoteAddress(),
          principal == null ? "without a token that fits" : "token " + principal.name());
    }
  }

  /** How many were not told in the minute before; -1 where this one is not told either. */
  private synchronized long window() {
    long now = nanos.getAsLong();
    long left = 0;
    if (now - windowBegan >= TimeUnit.MINUTES.toNanos(1)) {
      left = untold;
      windowBegan = now;
      told = 0;
      untold = 0;
    }
    if (told >= LINES_A_MINUTE) {
      untold++;
      return -1;
    }
    told++;
    return left;
  }
}
