package whorl.collector;

import java.io.IOException;
import java.util.List;
import whorl.collector.config.ServeConfig;
import whorl.collector.http.ChannelEndpoint;
import whorl.collector.http.Metrics;
import whorl.collector.http.Route;

/**
 * What stands behind the collector's edge.
 *
 * @param routes of all parts, those of {@link StatusRoutes} aside
 * @param channel what agents' WebSockets lead to
 * @param closing closed in this order when the edge has stopped
 */
record CollectorParts(List<Route> routes, ChannelEndpoint channel, List<AutoCloseable> closing) {
  /** Opens what is in the data folder, which is locked. */
  @FunctionalInterface
  interface Opener {
    /**
     * @param readiness told how far it is, and by whom it is asked afterwards
     */
    CollectorParts open(ServeConfig config, Metrics metrics, Readiness readiness)
        throws IOException;
  }
}
