package whorl.collector.http.server;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.http.request.Principal;

/**
 * Logs refused requests with token, address and route. Limited to some lines a minute, because the
 * refused clients decide how often this happens. Thread-safe.
 */
final class DenialLog {
  static final int LINES_A_MINUTE = 60;

  private static final Logger LOG = LoggerFactory.getLogger("whorl.access.denied");

  private final LongSupplier nanos;
  private long windowBegan;
  private int logged;
  private long suppressed;

  /**
   * @param nanos as {@link System#nanoTime}
   */
  DenialLog(LongSupplier nanos) {
    this.nanos = nanos;
    this.windowBegan = nanos.getAsLong();
  }

  void log(Exchange exchange, int status) {
    long dropped = admitLine();
    if (dropped > 0) {
      LOG.warn("{} more were turned away within a minute", dropped);
    }
    if (dropped >= 0) {
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

  /**
   * Returns how many lines were suppressed in the minute before; -1 if this line must be suppressed
   * too.
   */
  private synchronized long admitLine() {
    long now = nanos.getAsLong();
    long dropped = 0;
    if (now - windowBegan >= TimeUnit.MINUTES.toNanos(1)) {
      dropped = suppressed;
      windowBegan = now;
      logged = 0;
      suppressed = 0;
    }
    if (logged >= LINES_A_MINUTE) {
      suppressed++;
      return -1;
    }
    logged++;
    return dropped;
  }
}
