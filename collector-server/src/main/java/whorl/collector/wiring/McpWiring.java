package whorl.collector.wiring;

import java.util.List;
import java.util.Locale;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.Metrics;
import whorl.collector.mcp.McpMessages;
import whorl.collector.mcp.McpRoutes;
import whorl.collector.wiring.base.Foundation;

/** The Model Context Protocol over HTTP. */
public final class McpWiring {
  private McpWiring() {}

  /**
   * The routes of the protocol.
   *
   * @param api the routes that its tools read, behind what keeps from people what they may not see
   */
  public static List<Route> routes(Foundation base, List<Route> api) {
    return new McpRoutes(api, () -> messages(base.metrics())).routes();
  }

  private static McpMessages messages(Metrics metrics) {
    String version = Foundation.version();
    return new McpMessages(
        version == null ? "unpackaged" : version,
        (tool, outcome) ->
            metrics
                .counter(
                    "whorl_mcp_calls_total",
                    "Calls of tools at /mcp.",
                    "tool",
                    tool,
                    "outcome",
                    outcome.name().toLowerCase(Locale.ROOT))
                .increment());
  }
}
