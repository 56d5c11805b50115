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
 * @param scoped how it keeps from its callers what they may not see
 */
public record Route(
    String method,
    String template,
    @Nullable Role needs,
    boolean tokenInQuery,
    long maxBodyBytes,
    Handler handler,
    Scoped scoped) {
  private static final long SMALL = 1 << 20;

  /** A route that does not say yet how it is scoped, if it has to. */
  public Route(
      String method,
      String template,
      @Nullable Role needs,
      boolean tokenInQuery,
      long maxBodyBytes,
      Handler handler) {
    this(method, template, needs, tokenInQuery, maxBodyBytes, handler, byRole(needs));
  }

  private static Scoped byRole(@Nullable Role needs) {
    return needs == null ? Scoped.OPEN : needs == Role.AGENT ? Scoped.AGENTS : Scoped.UNDECLARED;
  }

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

  /** Returns a copy that says how it keeps from its callers what they may not see. */
  public Route scoped(Scoped how) {
    return new Route(method, template, needs, tokenInQuery, maxBodyBytes, handler, how);
  }

  /** Returns a copy with another handler. */
  public Route with(Handler other) {
    return new Route(method, template, needs, tokenInQuery, maxBodyBytes, other, scoped);
  }
}
