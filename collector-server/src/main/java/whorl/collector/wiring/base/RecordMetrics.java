package whorl.collector.wiring.base;

import java.io.IOException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.http.server.Metrics;

/** Metrics that are read from the records, which may be away. */
public final class RecordMetrics {
  private static final Logger LOG = LoggerFactory.getLogger(RecordMetrics.class);

  /** The name of a label that has no value, so none is written. */
  private static final String NO_LABEL = "service";

  private RecordMetrics() {}

  /** A number in the records. */
  @FunctionalInterface
  public interface Stored {
    long read() throws IOException;
  }

  /** Registers a gauge without labels, which is left out while the records cannot be read. */
  public static void gauge(Metrics metrics, String name, String help, Stored number) {
    metrics.gauges(
        name,
        help,
        NO_LABEL,
        () -> {
          try {
            return Map.of("", (double) number.read());
          } catch (IOException e) {
            LOG.debug("{} cannot be read now", name, e);
            return Map.of();
          }
        });
  }

  /** The number; -1 while the records cannot be read, which readiness reports. */
  public static long orMinusOne(Stored number) {
    try {
      return number.read();
    } catch (IOException away) {
      return -1;
    }
  }
}
