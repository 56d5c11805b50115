package whorl.collector.mcp;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;

/**
 * {@code POST /mcp}: one message of the Model Context Protocol, and its answer as JSON. There are
 * no sessions and no streams, so GET and DELETE get 405, as the protocol has it. Clients are
 * programs with a token: a browser's page is refused, whatever its address, because the name of an
 * intruder's page may lead to this collector's address (DNS rebinding).
 */
public final class McpRoutes {
  private static final String PATH = "/mcp";
  private static final long MAX_BODY_BYTES = 256 << 10;

  private final Map<String, Route> routes = new HashMap<>();
  private final Supplier<McpMessages> maker;
  private final CallSlots calls = new CallSlots();
  private @Nullable McpMessages messages;

  /**
   * @param guarded the routes that tools ask, with the guard of the scopes
   * @param maker called at the first message: the SDK's classes take a while to load
   */
  public McpRoutes(List<Route> guarded, Supplier<McpMessages> maker) {
    for (Route route : guarded) {
      if (route.method().equals("GET")) {
        routes.put(route.template(), route);
      }
    }
    this.maker = maker;
  }

  private synchronized McpMessages messages() {
    if (messages == null) {
      messages = maker.get();
    }
    return messages;
  }

  public List<Route> routes() {
    return List.of(
        new Route("POST", PATH, Role.VIEWER, false, MAX_BODY_BYTES, this::post)
            .scoped(Scoped.LISTED));
  }

  private Response post(Request request) throws IOException {
    requireProgram(request);
    requireJson(request.header("Content-Type"));
    byte[] message = request.body().readAllBytes(); // the route limits it
    Principal principal = request.principal();
    try (CallSlots.Slot slot = calls.take(principal == null ? "" : principal.quotaOwner())) {
      McpHeaders headers =
          new McpHeaders(
              request.header("MCP-Protocol-Version"),
              request.header("Mcp-Method"),
              request.header("Mcp-Name"));
      McpReply reply =
          messages().answer(message, headers, new HandlerApi(routes, request, System::nanoTime));
      return reply.message() == null
          ? Response.empty(reply.status())
          : Response.json(reply.status(), reply.message());
    }
  }

  private static void requireProgram(Request request) {
    String site = request.header("Sec-Fetch-Site");
    if (request.header("Origin") != null || (site != null && !site.equals("none"))) {
      throw new ProblemException(
          403,
          "foreign origin",
          "a browser sent this for a page; MCP clients are programs that send no Origin");
    }
    if (request.header("Authorization") == null) {
      throw new ProblemException(
          401,
          "unauthorized",
          "a session of the page is not for programs; send the header Authorization: Bearer TOKEN",
          Map.of("WWW-Authenticate", "Bearer realm=\"whorl\""));
    }
  }

  private static void requireJson(@Nullable String contentType) {
    String type = contentType == null ? "" : contentType.split(";", 2)[0].strip();
    if (!type.toLowerCase(Locale.ROOT).equals("application/json")) {
      throw new ProblemException(
          415, "unsupported media type", "send one JSON-RPC message as application/json");
    }
  }
}
