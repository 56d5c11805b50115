package whorl.collector.http.request;

import org.jspecify.annotations.Nullable;

/**
 * A handler for one method and path.
 *
 * @param template such as {@code /api/v1/evidence/{id}/artifacts/{name...}}; a trailing {@code
 *     {name...}} matches the rest of the path
 * @param needs the required role; null for open routes
 * @param tokenInQuery true if {@code ?token=} is accepted, for webhooks
 * @param maxBodyBytes a longer body gets 413 before it is read
 */
public record Route(
    String method,
    String template,
    @Nullable Role needs,
    boolean tokenInQuery,
    long maxBodyBytes,
    Handler handler) {
  private static final long SMALL = 1 << 20;

  /** Returns a route with a small body. */
  public static Route of(String method, String template, Role needs, Handler handler) {
    return new Route(method, template, needs, false, SMALL, handler);
  }

  /** True if a session of the page is accepted instead of a token; never on agents' routes. */
  public boolean acceptsSession() {
    return needs != Role.AGENT && !template.startsWith("/agent/");
  }

  /** Returns a route that needs no token. */
  public static Route open(String method, String template, Handler handler) {
    return new Route(method, template, null, false, 0, handler);
  }
}
