package whorl.collector.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.mcp.tools.Api;
import whorl.collector.mcp.tools.Resource;
import whorl.collector.mcp.tools.ToolException;
import whorl.evidence.Json;

/**
 * The API within the collector: the handlers of the routes themselves, with the guard of the scopes
 * before them, as the caller of the outer request.
 */
final class HandlerApi implements Api {
  /** The limit for all requests of one call of a tool. A request under way is not interrupted. */
  private static final long MAX_NANOS = 60_000_000_000L;

  private static final int OK = 200;
  private static final Logger ACCESS = LoggerFactory.getLogger("whorl.access");

  private final Map<String, Route> routes;
  private final Request outer;
  private final LongSupplier nanos;
  private final long startedNanos;

  /**
   * @param routes those for GET, guarded, by their templates
   * @param nanos as {@link System#nanoTime}
   */
  HandlerApi(Map<String, Route> routes, Request outer, LongSupplier nanos) {
    this.routes = routes;
    this.outer = outer;
    this.nanos = nanos;
    this.startedNanos = nanos.getAsLong();
  }

  @Override
  public JsonNode get(Resource resource) throws IOException {
    Route route = routes.get(resource.template());
    if (route == null) {
      throw new IllegalStateException("no route GET " + resource.template());
    }
    Principal caller = permitted(route);
    if (nanos.getAsLong() - startedNanos > MAX_NANOS) {
      throw new ToolException("this took more than 60 s; ask for less, with a narrower filter");
    }
    try {
      Response response = route.handler().handle(new InternalRequest(outer, resource));
      ACCESS.info("GET {} {} for /mcp {}", route.template(), response.status(), caller.name());
      if (response.status() != OK) {
        throw new IllegalStateException(resource.template() + " answered " + response.status());
      }
      return Json.LENIENT.readTree(BoundedBytes.of(response));
    } catch (ProblemException e) {
      throw refused(e);
    }
  }

  /** The server checks this for requests from outside, before the scopes are looked at. */
  private Principal permitted(Route route) {
    Role needs = route.needs();
    Principal caller = outer.principal();
    if (needs == null || caller == null || !caller.access().permits(needs)) {
      throw new ToolException(
          "forbidden: this needs the role "
              + (needs == null ? "of nobody" : needs.word())
              + "; use a token that has it");
    }
    return caller;
  }

  private static ToolException refused(ProblemException problem) {
    String retry = problem.headers().get("Retry-After");
    return new ToolException(
        problem.title()
            + ": "
            + problem.getMessage()
            + (retry == null ? "" : "; try again in " + retry + " s"));
  }
}
