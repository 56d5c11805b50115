package whorl.collector.http.auth;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.http.request.Grant;
import whorl.collector.http.request.Person;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.store.access.Part;
import whorl.evidence.Json;

/** {@code /session}: exchanges a person's token for a cookie that scripts cannot read. */
public final class SessionRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(SessionRoutes.class);
  private static final String PATH = "/session";
  private static final int BODY_MAX_BYTES = 4 << 10;

  private final Tokens tokens;
  private final Sessions sessions;
  private final LoginLimit limit;
  private final LoginRecord record;
  private final boolean secure;

  /** The same, without a record of logins. */
  public SessionRoutes(Tokens tokens, Sessions sessions, LoginLimit limit, boolean secure) {
    this(tokens, new PageAccess(sessions, limit, null), secure);
  }

  /**
   * @param secure true if the collector uses TLS; then the cookie is sent over TLS only
   */
  public SessionRoutes(Tokens tokens, PageAccess access, boolean secure) {
    this.tokens = tokens;
    this.sessions = access.sessions();
    this.limit = access.logins();
    this.record = access.record();
    this.secure = secure;
  }

  public List<Route> routes() {
    return List.of(
        new Route("POST", PATH, null, false, BODY_MAX_BYTES, this::login),
        Route.of("GET", PATH, Role.VIEWER, this::current).scoped(Scoped.OWN),
        Route.of("DELETE", PATH, Role.VIEWER, this::logout).scoped(Scoped.OWN));
  }

  /** What may need a database. */
  private interface Question<T> {
    T ask() throws IOException;
  }

  /**
   * @throws ProblemException 503 when the sessions are in a database that cannot be asked
   */
  private static <T> T asked(Question<T> question) {
    try {
      return question.ask();
    } catch (IOException e) {
      LOG.debug("{} cannot ask for sessions", PATH, e); // readiness says so at WARN
      throw Authorization.away();
    }
  }

  /** The body of a login. */
  private record Login(@Nullable String token) {}

  /**
   * The user that is logged in.
   *
   * @param csrf absent when the request has its own token
   * @param person the name to show; absent for a token of the tokens file
   * @param access for what the user has which role; absent if {@code role} holds for everything
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record UserView(
      String role,
      String name,
      @Nullable String csrf,
      @Nullable String person,
      @Nullable List<GrantView> access) {}

  /** A role and what it is for; what is absent names all. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  private record GrantView(
      String role,
      SortedSet<String> namespaces,
      SortedSet<String> services,
      SortedMap<String, String> labels) {
    static GrantView of(Grant grant) {
      Part part = grant.part();
      return new GrantView(
          grant.role().word(),
          new TreeSet<>(part.namespaces()),
          new TreeSet<>(part.services()),
          new TreeMap<>(part.labels()));
    }
  }

  private Response login(Request request) throws IOException {
    OwnOrigin.check(
        request.header("Origin"), request.header("Sec-Fetch-Site"), request.header("Host"));
    Principal principal = tokens.principalOf(token(request));
    if (principal == null) {
      // only failures count, because all users behind a proxy share one address
      asked(
          () -> {
            limit.failed(request.remoteAddress());
            return true;
          });
      LOG.info("login from {} refused: unknown token", request.remoteAddress());
      throw new ProblemException(
          401, "login refused", "this token is unknown; see the collector's tokens file");
    }
    if (!principal.role().permits(Role.VIEWER)) {
      LOG.info("login from {} refused: {}", request.remoteAddress(), principal.name());
      throw new ProblemException(
          403,
          "login refused",
          "a token of role "
              + principal.role().word()
              + " is not for people; log in with one of role viewer, responder or admin");
    }
    String oldId = SessionCookie.id(request.header("Cookie"));
    if (oldId != null) {
      end(oldId);
    }
    Sessions.Opened opened = asked(() -> sessions.open(principal));
    LOG.info("{} logged in from {}", principal.name(), request.remoteAddress());
    record.loggedIn(principal, request.remoteAddress());
    return Response.json(200, userView(principal, opened.session().csrf()))
        .with("Set-Cookie", SessionCookie.set(opened.id(), secure));
  }

  private Response current(Request request) {
    Principal principal = request.principal();
    if (principal == null) {
      throw new IllegalStateException("a request without a principal passed authorization");
    }
    return Response.json(200, userView(principal, csrf(request)));
  }

  private Response logout(Request request) {
    String id = SessionCookie.id(request.header("Cookie"));
    if (id != null && request.header("Authorization") == null) {
      end(id);
    }
    return Response.empty(204).with("Set-Cookie", SessionCookie.removed(secure));
  }

  private void end(String id) {
    asked(
        () -> {
          sessions.end(id);
          return true;
        });
  }

  private @Nullable String csrf(Request request) {
    String id = SessionCookie.id(request.header("Cookie"));
    if (id == null || request.header("Authorization") != null) {
      return null;
    }
    return asked(
            () -> {
              Sessions.Session session = sessions.use(id);
              return session == null ? Optional.<String>empty() : Optional.of(session.csrf());
            })
        .orElse(null);
  }

  private static UserView userView(Principal principal, @Nullable String csrf) {
    Person person = principal.person();
    return new UserView(
        principal.role().word(),
        principal.name(),
        csrf,
        person == null ? null : person.displayName(),
        access(principal));
  }

  private static @Nullable List<GrantView> access(Principal principal) {
    return principal.access().scope(principal.role()).isEverything()
        ? null
        : principal.access().grants().stream().map(GrantView::of).toList();
  }

  /** Reads the token from JSON, which no other site's form can send. */
  private static String token(Request request) throws IOException {
    String type = request.header("Content-Type");
    if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
      throw new ProblemException(
          415, "unsupported media type", "send {\"token\":\"…\"} as application/json");
    }
    byte[] body = request.body().readNBytes(BODY_MAX_BYTES + 1);
    Login login;
    try {
      login = Json.MAPPER.readValue(body, Login.class);
    } catch (IOException malformed) {
      login = null; // the message may contain a part of the token
    }
    if (login == null || login.token == null) {
      throw new ProblemException(400, "malformed body", "send {\"token\":\"…\"}");
    }
    return login.token.strip();
  }
}
