package whorl.collector.http.auth;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.http.request.Person;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;

/**
 * Authenticates requests by a token, or by a session of the page, and checks the role. A token
 * takes precedence over a session.
 */
public final class Authorization {
  private static final Logger LOG = LoggerFactory.getLogger(Authorization.class);
  private static final String SCHEME = "bearer ";

  private static final String CSRF = "X-CSRF-Token";

  private final Tokens tokens;
  private final Sessions sessions;
  private final AgentIdentification agents;
  private final PeopleIdentification people;
  private final ApiTokenIdentification apiTokens;

  public Authorization(
      Tokens tokens,
      Sessions sessions,
      AgentIdentification agents,
      PeopleIdentification people,
      ApiTokenIdentification apiTokens) {
    this.tokens = tokens;
    this.sessions = sessions;
    this.agents = agents;
    this.people = people;
    this.apiTokens = apiTokens;
  }

  /**
   * True if the caller of this route is to be identified on a worker, with {@link
   * #identifyOnWorker}: by a session of the page, by an API token, or by another token that is not
   * of the tokens file.
   *
   * @param queryToken the query's {@code token}, if the route accepts one
   */
  public boolean needsWorker(Route route, HttpHeaders headers, @Nullable String queryToken) {
    if (usesSession(route, headers, queryToken)) {
      return true;
    }
    String token = route.acceptsSession() ? bearer(headers) : null;
    return token != null
        && (new ApiTokenText(token).isIntact() || people.mayKnow(token))
        && tokens.principalOf(token) == null;
  }

  private static boolean usesSession(
      Route route, HttpHeaders headers, @Nullable String queryToken) {
    return queryToken == null
        && route.acceptsSession()
        && !headers.contains(HttpHeaderNames.AUTHORIZATION)
        && SessionCookie.id(headers.get(HttpHeaderNames.COOKIE)) != null;
  }

  /**
   * Returns the caller by its token. {@link #permit} then checks the role.
   *
   * @param queryToken the query's {@code token}, if the route accepts one
   * @throws ProblemException 401
   */
  public Principal identify(HttpHeaders headers, @Nullable String queryToken) {
    if (queryToken != null && !headers.contains(HttpHeaderNames.AUTHORIZATION)) {
      return fromQuery(queryToken);
    }
    String token = bearer(headers);
    if (token == null) {
      throw unauthorized("there is no token; send it once, as Authorization: Bearer TOKEN");
    }
    Principal principal = tokens.principalOf(token);
    if (principal == null && ApiTokenText.looksLikeOne(token)) {
      throw unauthorized(
          new ApiTokenText(token).isIntact()
              ? "an API token is for people's routes; agents need a proof of their own"
              : "this API token is not intact: a character is missing or wrong; copy it again");
    }
    if (principal == null) {
      principal = agents.byToken(token);
    }
    if (principal == null) {
      throw unauthorized("this token is unknown; see the collector's tokens file");
    }
    return principal;
  }

  /**
   * Returns the caller of a route for agents, by its token or, if it sends none, by its client
   * certificate.
   *
   * @param certificate the client's own, verified; null if it showed none
   * @throws ProblemException 401; 403 if this kind of proof is not accepted
   */
  public Principal identifyAgent(HttpHeaders headers, @Nullable X509Certificate certificate) {
    Principal named =
        certificate == null || headers.contains(HttpHeaderNames.AUTHORIZATION)
            ? null
            : agents.byCertificate(certificate);
    Principal principal = named == null ? identify(headers, null) : named;
    if (principal.role() == Role.AGENT) {
      agents.admit(principal);
    }
    return principal;
  }

  private static @Nullable String bearer(HttpHeaders headers) {
    List<String> values = headers.getAll(HttpHeaderNames.AUTHORIZATION);
    return values.size() == 1 && values.get(0).regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? values.get(0).substring(SCHEME.length()).strip()
        : null;
  }

  /**
   * Returns the caller for whom {@link #needsWorker} holds. {@link #permit} then checks the role.
   * May wait for a database.
   *
   * @throws ProblemException 401; 403 when another site's page uses the session, or when the person
   *     or the token may do nothing here; 429; 503 when a database cannot be asked, or when the
   *     token cannot be verified now
   */
  public Principal identifyOnWorker(HttpRequest head, String remoteAddress) {
    String token = bearer(head.headers());
    if (token == null) {
      return identifySession(head);
    }
    ApiTokenText apiToken = new ApiTokenText(token);
    return apiToken.isIntact() ? identify(apiToken, remoteAddress) : people.byToken(token);
  }

  private Principal identify(ApiTokenText token, String remoteAddress) {
    Principal principal;
    try {
      principal = apiTokens.byToken(token, tokens::knows, remoteAddress);
    } catch (IOException e) {
      LOG.debug("an API token cannot be checked", e); // readiness says so at WARN
      throw new ProblemException(
          503,
          "API tokens unavailable",
          "the database with the API tokens cannot be asked now; try again",
          Map.of("Retry-After", "5"));
    }
    if (principal == null) {
      throw unauthorized("this API token is unknown, expired or revoked; make another one");
    }
    return principal;
  }

  private Principal identifySession(HttpRequest head) {
    HttpHeaders headers = head.headers();
    String id = SessionCookie.id(headers.get(HttpHeaderNames.COOKIE));
    Sessions.Session session = id == null ? null : session(id);
    Principal principal = session == null ? null : now(session.principal());
    if (session == null || principal == null) {
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
    return principal;
  }

  /** What the user of a session may do now; null if its login is not valid any more. */
  private @Nullable Principal now(Principal user) {
    Person person = user.person();
    if (person != null) {
      return people.byPerson(person);
    }
    return tokens.knows(user) ? user : null;
  }

  private Sessions.@Nullable Session session(String id) {
    try {
      return sessions.use(id);
    } catch (IOException e) {
      LOG.debug("a session cannot be checked", e); // readiness says so at WARN
      throw away();
    }
  }

  /** The answer while the database with the sessions cannot be asked. */
  static ProblemException away() {
    return new ProblemException(
        503,
        "sessions unavailable",
        "the database with the sessions cannot be asked now; try again, or use a token",
        Map.of("Retry-After", "5"));
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
          principal.person() == null
              ? "this needs a token of role "
                  + needed.word()
                  + "; yours is of role "
                  + principal.role().word()
              : "this needs the role "
                  + needed.word()
                  + "; your groups give you "
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
