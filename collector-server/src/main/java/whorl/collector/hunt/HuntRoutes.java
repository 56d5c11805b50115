package whorl.collector.hunt;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.captures.CaptureBrief;
import whorl.collector.fleet.captures.CaptureOrder;
import whorl.collector.http.request.JsonBody;
import whorl.collector.http.request.Paging;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.store.access.Scope;
import whorl.collector.store.hunts.AskedAgent;
import whorl.collector.store.hunts.AskedAgent.State;
import whorl.collector.store.hunts.FoundRow;
import whorl.collector.store.hunts.HuntAnswerLedger;
import whorl.collector.store.hunts.HuntLedger;
import whorl.collector.store.hunts.HuntStatus;
import whorl.collector.store.rules.RuleLedger;
import whorl.evidence.Id;

/** {@code /api/v1/hunts}: asks many agents one question, and shows what they answer. */
public final class HuntRoutes {
  private static final String HUNTS = "/api/v1/hunts";
  private static final String HUNT = HUNTS + "/{id}";

  private final HuntLedger ledger;
  private final HuntAnswerLedger answers;
  private final Hunts hunts;
  private final HuntStart start;
  private final HuntCaptures captures;
  private final Cases cases;

  /** Decides who sees a case. */
  @FunctionalInterface
  public interface Cases {
    boolean sees(@Nullable Principal caller, Scope scope, Id ofCase) throws IOException;
  }

  /**
   * @param rules the rule sets that agents have besides the built-in rules
   */
  public HuntRoutes(
      HuntLedger ledger,
      HuntAnswerLedger answers,
      Hunts hunts,
      HuntCaptures captures,
      Cases cases,
      RuleLedger rules,
      Fleet fleet,
      CustodyLog custody,
      InstantSource clock,
      HuntCounters counters) {
    this.ledger = ledger;
    this.answers = answers;
    this.hunts = hunts;
    this.captures = captures;
    this.cases = cases;
    this.start =
        new HuntStart(ledger, hunts, new Questions(rules), fleet, custody, clock, counters);
  }

  /** The body of {@code POST /api/v1/hunts/{id}/captures}. */
  record CaptureBody(
      @Nullable List<String> artifacts,
      @Nullable String reason,
      boolean force,
      @JsonProperty("case") @Nullable String ofCase) {}

  public List<Route> routes() {
    return List.of(
        Route.of("POST", HUNTS, Role.RESPONDER, this::post).scoped(Scoped.LISTED),
        Route.of("GET", HUNTS, Role.VIEWER, this::list).scoped(Scoped.LISTED),
        Route.of("GET", HUNT, Role.VIEWER, this::get).scoped(Scoped.LISTED),
        Route.of("GET", HUNT + "/rows", Role.VIEWER, this::rows).scoped(Scoped.LISTED),
        Route.of("GET", HUNT + "/agents", Role.VIEWER, this::agents).scoped(Scoped.LISTED),
        Route.of("POST", HUNT + "/cancel", Role.RESPONDER, this::cancel).scoped(Scoped.LISTED),
        Route.of("POST", HUNT + "/captures", Role.RESPONDER, this::capture).scoped(Scoped.LISTED));
  }

  private Response post(Request request) throws IOException {
    HuntRequest body = JsonBody.strict(JsonBody.bytes(request), HuntRequest.class);
    Principal caller = request.principal();
    if (caller == null) {
      throw new ProblemException(401, "nobody", "log in, or give a token");
    }
    Id hunt = start.start(body, caller, request.scope(Role.RESPONDER), request.remoteAddress());
    HuntStatus begun = ledger.find(hunt); // that of an API token may have no agents yet
    if (begun == null) {
      throw noSuchHunt();
    }
    return Response.json(202, whole(request, begun));
  }

  private Response list(Request request) throws IOException {
    Paging paging = Paging.of(request);
    List<HuntStatus> page =
        ledger.list(
            request.scope(Role.VIEWER), owner(request), paging.cursor(), paging.limit() + 1);
    boolean more = page.size() > paging.limit();
    List<HuntStatus> shown = more ? page.subList(0, paging.limit()) : page;
    return Paging.answer(
        "hunts",
        shown.stream().map(HuntViews::brief).toList(),
        more ? shown.get(shown.size() - 1).hunt().id() : null);
  }

  private Response get(Request request) throws IOException {
    return Response.json(200, whole(request, require(request)));
  }

  private Map<String, Object> whole(Request request, HuntStatus hunt) throws IOException {
    Scope scope = request.scope(Role.VIEWER);
    Id id = hunt.hunt().id();
    return HuntViews.whole(hunt, answers.counts(scope, id), answers.countWithRows(scope, id));
  }

  /**
   * Rows in the order in which they come. The answer always has a cursor: with it, the rows that
   * have come since are listed.
   */
  private Response rows(Request request) throws IOException {
    HuntStatus hunt = require(request);
    Paging paging = Paging.of(request);
    Long after = paging.position();
    List<FoundRow> rows =
        answers.rows(
            request.scope(Role.VIEWER),
            hunt.hunt().id(),
            Paging.query(request, "agent", Id::new),
            after == null ? 0 : after,
            paging.limit());
    long last = after == null ? 0 : after;
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("rows", rows.stream().map(HuntViews::row).toList());
    body.put("state", hunt.state());
    body.put("more", rows.size() == paging.limit());
    body.put("next", Paging.cursor(rows.isEmpty() ? last : rows.get(rows.size() - 1).number()));
    return Response.json(200, body);
  }

  private Response agents(Request request) throws IOException {
    HuntStatus hunt = require(request);
    Paging paging = Paging.of(request);
    State state = Paging.query(request, "state", State::of);
    boolean withRows = "true".equals(request.query("rows"));
    List<AskedAgent> page =
        answers.agents(
            request.scope(Role.VIEWER),
            hunt.hunt().id(),
            state == null ? Set.of() : Set.of(state),
            withRows,
            paging.cursor(),
            paging.limit() + 1);
    boolean more = page.size() > paging.limit();
    List<AskedAgent> shown = more ? page.subList(0, paging.limit()) : page;
    return Paging.answer(
        "agents",
        shown.stream().map(HuntViews::agent).toList(),
        more ? shown.get(shown.size() - 1).agent() : null);
  }

  /** Its owner may end a hunt, and anybody with the role for all agents that it asks. */
  private Response cancel(Request request) throws IOException {
    HuntStatus hunt = require(request);
    requireRole(request, hunt);
    boolean unused = hunts.cancel(hunt.hunt().id());
    return Response.json(200, whole(request, require(request, hunt.hunt().id())));
  }

  private Response capture(Request request) throws IOException {
    HuntStatus hunt = require(request);
    CaptureBody body = JsonBody.strict(JsonBody.bytes(request), CaptureBody.class);
    Id ofCase = ofCase(request, body.ofCase());
    Principal caller = request.principal();
    String by = caller == null ? "nobody" : caller.name();
    String reason = body.reason();
    CaptureOrder order;
    try {
      order =
          new CaptureOrder(
              body.artifacts() == null ? List.of() : body.artifacts(),
              reason == null || reason.isBlank()
                  ? "found by the hunt " + hunt.hunt().id() + " of " + by
                  : reason,
              null,
              body.force());
    } catch (IllegalArgumentException e) {
      throw new ProblemException(400, "bad request", "" + e.getMessage());
    }
    HuntCaptures.Requested requested =
        captures.request(
            hunt, request.scope(Role.RESPONDER), order, ofCase, by, request.remoteAddress());
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("captures", requested.captures().stream().map(CaptureBrief::of).toList());
    if (!requested.skipped().isEmpty()) {
      answer.put("skipped", requested.skipped());
    }
    return Response.json(202, answer);
  }

  private @Nullable Id ofCase(Request request, @Nullable String text) throws IOException {
    return text == null || text.isBlank() ? null : CaptureCases.require(cases, request, text);
  }

  private void requireRole(Request request, HuntStatus hunt) throws IOException {
    boolean own = owner(request).equals(hunt.hunt().owner());
    if (!own
        && ledger.find(request.scope(Role.RESPONDER), owner(request), hunt.hunt().id()) == null) {
      throw new ProblemException(
          403, "forbidden", "this needs the role responder for all agents of the hunt");
    }
  }

  private HuntStatus require(Request request) throws IOException {
    String text = request.pathParameter("id");
    return require(request, Id.isId(text) ? new Id(text) : null);
  }

  private HuntStatus require(Request request, @Nullable Id id) throws IOException {
    HuntStatus found =
        id == null ? null : ledger.find(request.scope(Role.VIEWER), owner(request), id);
    if (found == null) {
      throw noSuchHunt();
    }
    return found;
  }

  private static ProblemException noSuchHunt() {
    return new ProblemException(404, "no such hunt", "GET /api/v1/hunts lists all");
  }

  /**
   * Who owns the caller's hunts. An API token owns none: it may be for less than its maker sees.
   */
  private static String owner(Request request) {
    Principal principal = request.principal();
    return principal == null ? "" : principal.name();
  }
}
