package whorl.collector;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import whorl.collector.config.ServeConfig;
import whorl.collector.http.auth.AgentIdentification;
import whorl.collector.http.auth.ApiTokenIdentification;
import whorl.collector.http.auth.PageAccess;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.ChannelEndpoint;
import whorl.collector.http.server.Metrics;
import whorl.collector.receive.bag.BagImport;
import whorl.collector.scopes.ScopeGuard;
import whorl.collector.wiring.base.Readiness;

/**
 * The collector's parts behind its HTTP server.
 *
 * @param routes of all parts, except those of {@link StatusRoutes}
 * @param scopes stands before the handlers of all routes
 * @param channel the endpoint of agents' WebSockets
 * @param access sessions and logins of the page
 * @param agents identifies agents that have no token of the tokens file
 * @param apiTokens identifies people by tokens that they made
 * @param bags takes evidence in from bags; null if nothing can
 * @param outermost is put around each route of the server
 * @param closing in the order in which to close them, after the server has stopped
 */
record CollectorParts(
    List<Route> routes,
    ScopeGuard scopes,
    ChannelEndpoint channel,
    PageAccess access,
    AgentIdentification agents,
    ApiTokenIdentification apiTokens,
    @Nullable BagImport bags,
    UnaryOperator<Route> outermost,
    List<AutoCloseable> closing) {
  /** Parts with nothing around their routes. */
  CollectorParts(
      List<Route> routes,
      ScopeGuard scopes,
      ChannelEndpoint channel,
      PageAccess access,
      AgentIdentification agents,
      ApiTokenIdentification apiTokens,
      BagImport bags,
      List<AutoCloseable> closing) {
    this(
        routes,
        scopes,
        channel,
        access,
        agents,
        apiTokens,
        bags,
        UnaryOperator.identity(),
        closing);
  }

  /** The same parts with these routes only, and this around all that the server has. */
  CollectorParts with(List<Route> others, UnaryOperator<Route> around) {
    return new CollectorParts(
        others, scopes, channel, access, agents, apiTokens, bags, around, closing);
  }

  /** Parts that know agents and people by the tokens file only. */
  CollectorParts(
      List<Route> routes, ChannelEndpoint channel, PageAccess access, List<AutoCloseable> closing) {
    this(
        routes,
        new ScopeGuard(Map.of(), () -> {}),
        channel,
        access,
        AgentIdentification.NONE,
        ApiTokenIdentification.NONE,
        null,
        UnaryOperator.identity(),
        closing);
  }

  /** Opens the parts on a locked data folder. */
  @FunctionalInterface
  interface Opener {
    /**
     * @param readiness receives the progress of the start, and checks for later
     */
    CollectorParts open(ServeConfig config, Metrics metrics, Readiness readiness)
        throws IOException;
  }
}
