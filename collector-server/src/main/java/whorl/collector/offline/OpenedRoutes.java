package whorl.collector.offline;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;

/**
 * The routes for evidence that was opened: those that read, and {@code GET /api/v1/opened}, by
 * which the page knows that there is no collector behind it.
 */
public final class OpenedRoutes {
  private static final String PATH = "/api/v1/opened";
  private static final Set<String> READING = Set.of("GET", "HEAD");
  private static final Set<String> OWN_HOSTS = Set.of("127.0.0.1", "localhost", "[::1]");

  private OpenedRoutes() {}

  private record View(List<OpenedEvidence.Opened> evidence) {}

  /** Returns the routes that only read, and the one that says what was opened. */
  public static List<Route> of(List<Route> routes, OpenedEvidence evidence) {
    List<Route> reading = new ArrayList<>();
    for (Route route : routes) {
      boolean isForReaders = route.needs() == null || route.needs() == Role.VIEWER;
      if (READING.contains(route.method())
          && isForReaders
          && !route.template().startsWith("/agent/")) {
        reading.add(route);
      }
    }
    reading.add(
        Route.of(
                "GET",
                PATH,
                Role.VIEWER,
                request -> Response.json(200, new View(evidence.opened())))
            .scoped(Scoped.EVERYBODY));
    return reading;
  }

  /**
   * The same route, only for requests that name this machine: another site's page, whose name was
   * made to lead here, does not.
   */
  public static Route ofThisMachine(Route route) {
    return route.with(
        request -> {
          if (!isOwn(request.header("Host"))) {
            throw new ProblemException(
                403, "foreign host", "open the address that `whorl open` has printed");
          }
          return route.handler().handle(request);
        });
  }

  static boolean isOwn(@Nullable String host) {
    if (host == null) {
      return false;
    }
    String name = host.toLowerCase(Locale.ROOT).replaceFirst(":[0-9]{1,5}$", "");
    return OWN_HOSTS.contains(name);
  }
}
