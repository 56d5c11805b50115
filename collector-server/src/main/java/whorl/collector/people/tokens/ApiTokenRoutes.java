package whorl.collector.people.tokens;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.auth.ApiTokenText;
import whorl.collector.http.request.Grant;
import whorl.collector.http.request.JsonBody;
import whorl.collector.http.request.Paging;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.store.access.ApiToken;
import whorl.collector.store.access.Part;
import whorl.evidence.Id;
import whorl.evidence.Text;

/** {@code /api/v1/tokens}: people make, list and revoke their API tokens. */
public final class ApiTokenRoutes {
  private static final String PATH = "/api/v1/tokens";
  private static final int BODY_MAX_BYTES = 64 << 10;

  private final ApiTokens tokens;
  private final InstantSource clock;

  /**
   * @param clock the same for all collectors
   */
  public ApiTokenRoutes(ApiTokens tokens, InstantSource clock) {
    this.tokens = tokens;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        new Route("POST", PATH, Role.VIEWER, false, BODY_MAX_BYTES, this::make).scoped(Scoped.OWN),
        Route.of("GET", PATH, Role.VIEWER, this::list).scoped(Scoped.OWN),
        Route.of("DELETE", PATH + "/{id}", Role.VIEWER, this::revoke).scoped(Scoped.OWN));
  }

  /**
   * A token for clients.
   *
   * @param token its text, only in the answer to its making
   * @param own true if the caller made it
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record View(
      Id id,
      @Nullable String token,
      String name,
      String role,
      Set<String> namespaces,
      Set<String> services,
      Map<String, String> labels,
      String maker,
      boolean own,
      Instant made,
      Instant expires,
      @Nullable Instant used) {
    static View of(ApiToken token, boolean own, @Nullable ApiTokenText text) {
      Part part = token.terms().part();
      return new View(
          token.id(),
          text == null ? null : text.value(),
          token.terms().name(),
          token.terms().role(),
          new TreeSet<>(part.namespaces()),
          new TreeSet<>(part.services()),
          new TreeMap<>(part.labels()),
          token.terms().maker().name(),
          own,
          token.made(),
          token.expires(),
          token.used());
    }
  }

  private Response make(Request request) throws IOException {
    Principal principal = person(request);
    byte[] body = JsonBody.bytes(request);
    TokenOrder order = TokenOrder.of(JsonBody.strict(body, TokenOrder.Body.class), clock.instant());
    requireSome(order, principal);
    ApiTokens.Made made = tokens.make(order, principal, request.remoteAddress());
    return Response.json(201, View.of(made.token(), true, made.text()))
        .with("Cache-Control", "no-store");
  }

  private static void requireSome(TokenOrder order, Principal principal) {
    if (!principal.access().permits(order.role())) {
      throw new ProblemException(
          403,
          "more than your own role",
          "role: you have no role "
              + order.role().word()
              + ", and a token never has more than the person who made it; yours is "
              + principal.role().word());
    }
    if (principal.access().within(new Grant(order.role(), order.part())).grants().isEmpty()) {
      throw new ProblemException(
          403,
          "nothing of this is yours",
          "the namespaces, services and labels name nothing that you may see; a token never has"
              + " more than the person who made it");
    }
  }

  private Response list(Request request) throws IOException {
    Principal principal = person(request);
    Paging paging = Paging.of(request);
    List<ApiToken> found = tokens.list(principal, paging.cursor(), paging.limit() + 1);
    boolean more = found.size() > paging.limit();
    List<ApiToken> page = more ? found.subList(0, paging.limit()) : found;
    return Paging.answer(
        "tokens",
        page.stream().map(token -> View.of(token, tokens.isOwn(token, principal), null)).toList(),
        more ? page.get(page.size() - 1).id() : null);
  }

  private Response revoke(Request request) throws IOException {
    Principal principal = person(request);
    String id = request.pathParameter("id");
    if (!Id.isId(id) || !tokens.revoke(new Id(id), principal, request.remoteAddress())) {
      throw new ProblemException(
          404,
          "no such token",
          "you have no API token " + Text.shortened(id) + "; GET " + PATH + " lists yours");
    }
    return Response.empty(204);
  }

  /** Returns the caller, unless it is an API token: a stolen one must not outlive itself. */
  private static Principal person(Request request) {
    String sent = request.header("Authorization");
    if (sent != null && sent.toLowerCase(Locale.ROOT).contains(ApiTokenText.PREFIX)) {
      throw new ProblemException(
          403,
          "not with an API token",
          "an API token cannot make, list or revoke API tokens; log in at the page, or with whorl"
              + " login");
    }
    Principal principal = request.principal();
    if (principal == null) {
      throw new IllegalStateException("a request without a principal passed authorization");
    }
    return principal;
  }
}
