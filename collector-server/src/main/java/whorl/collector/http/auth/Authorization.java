package whorl.collector.http.auth;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;

/**
 * Authenticates requests by a token, or by a session of the page that was opened with a token, and
 * checks the role. A token takes precedence over a session.
 */
public final class Authorization {
  private static final String SCHEME = "bearer ";

  private static final String CSRF = "X-CSRF-Token";

  private final Tokens tokens;
  private final Sessions sessions;

  public Authorization(Tokens tokens, Sessions sessions) {
    this.tokens = tokens;
    this.sessions = sessions;
  }

  /**
   * Returns the caller of this route. {@link #permit} then checks the role.
   *
   * @param queryToken the query's {@code token}, if the route accepts one
   * @throws ProblemException 401, or 403 when another site's page uses the session
   */
  public Principal identify(Route route, HttpRequest head, @Nullable String queryToken) {
    HttpHeaders headers = head.headers();
    if (queryToken == null
        && route.acceptsSession()
        && !headers.contains(HttpHeaderNames.AUTHORIZATION)) {
      String id = SessionCookie.id(headers.get(HttpHeaderNames.COOKIE));
      if (id != null) {
        return fromSession(id, head);
      }
    }
    return identify(headers, queryToken);
  }

  /**
   * Returns the caller by its token; sessions are not accepted.
   *
   * @param queryToken the query's {@code token}, if the route accepts one
   * @throws ProblemException 401
   */
  public Principal identify(HttpHeaders headers, @Nullable String queryToken) {
    List<String> values = headers.getAll(HttpHeaderNames.AUTHORIZATION);
    if (values.isEmpty() && queryToken != null) {
      return fromQuery(queryToken);
    }
    if (values.size() != 1 || !values.get(0).regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      throw unauthorized("send the header Authorization: Bearer TOKEN, once");
    }
    Principal principal = tokens.principalOf(values.get(0).substring(SCHEME.length()).strip());
    if (principal == null) {
      throw unauthorized("this token is unknown; see the collector's tokens file");
    }
    return principal;
  }

  private Principal fromSession(String id, HttpRequest head) {
    HttpHeaders headers = head.headers();
    Sessions.Session session = sessions.use(id);
    if (session == null || !tokens.knows(session.principal())) {
      throw unauthorized("the session has ended; log in again");
    }
    OwnOrigin.check(
        headers.get(HttpHeaderNames.ORIGIN),
        headers.get("Sec-Fetch-Site"),
        headers.get(HttpHeaderNames.HOST));
    boolean reads = head.method().equals(HttpMethod.GET) || head.method().equals(HttpMethod.HEAD);
    if (!reads && !session.hasCsrf(headers.get(CSRF))) {
      throw new ProblemException(
          403,
          "CSRF token missing",
          "with a session, send its token in " + CSRF + "; GET /session returns it");
    }
    return session.principal();
  }

  /**
   * Checks that the principal's role is sufficient.
   *
   * @throws ProblemException 403
   */
  public static void permit(Principal principal, Role needed) {
    if (!principal.role().permits(needed)) {
      throw new ProblemException(
          403,
          "forbidden",
          "this needs a token of role "
              + needed.word()
              + "; yours is of role "
              + principal.role().word());
    }
  }

  private Principal fromQuery(String token) {
    Principal principal = tokens.principalOf(token);
    if (principal == null || principal.role() != Role.ALERT) {
      throw unauthorized(
          "a token in the query must be of role alert; send others as Authorization: Bearer TOKEN");
    }
    return principal;
  }

  private static ProblemException unauthorized(String detail) {
    return new ProblemException(
        401, "unauthorized", detail, Map.of("WWW-Authenticate", "Bearer realm=\"whorl\""));
  }
}
