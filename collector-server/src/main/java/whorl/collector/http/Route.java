package whorl.collector.http;

import org.jspecify.annotations.Nullable;

/**
 * One method and path.
 *
 * @param template such as {@code /api/v1/evidence/{id}/artifacts/{name...}}; a trailing {@code
 *     {name...}} takes the rest of the path
 * @param needs the role it takes; null for open routes
 * @param tokenInQuery whether {@code ?token=} is looked at, for webhooks
 * @param maxBodyBytes a longer body is answered with 413 before it is read
 */
public record Route(
    String method,
    String template,
    @Nullable Role needs,
    boolean tokenInQuery,
    long maxBodyBytes,
    Handler handler) {
  private static final long SMALL = 1 << 20;

  /** A route with a small body. */
  public static Route of(String method, String template, Role needs, Handler handler) {
    return new Route(method, template, needs, false, SMALL, handler);
  }

  /** Whether a session of the page is as good as a token: never on the agents' side. */
  boolean takesSession() {
    return needs != Role.AGENT && !template.startsWith("/agent/");
  }

  /** A route without a token. */
  public static Route open(String method, String template, Handler handler) {
    return new Route(method, template, null, false, 0, handler);
  }
}
