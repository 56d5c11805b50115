package whorl.collector.probe;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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
import whorl.collector.store.probes.KeptCall;
import whorl.collector.store.probes.ProbeCallLedger;
import whorl.collector.store.probes.ProbeLedger;
import whorl.collector.store.probes.ProbeStatus;
import whorl.evidence.Id;

/** {@code /api/v1/probes}: has agents record calls of methods, and shows what they recorded. */
final class ProbeRoutes {
  private static final String PROBES = "/api/v1/probes";
  private static final String PROBE = PROBES + "/{id}";

  private final ProbeLedger ledger;
  private final ProbeCallLedger calls;
  private final Probes probes;
  private final ProbeStart start;

  ProbeRoutes(ProbeLedger ledger, ProbeCallLedger calls, Probes probes, ProbeStart start) {
    this.ledger = ledger;
    this.calls = calls;
    this.probes = probes;
    this.start = start;
  }

  List<Route> routes() {
    return List.of(
        Route.of("POST", PROBES, Role.ADMIN, this::post).scoped(Scoped.LISTED),
        Route.of("GET", PROBES, Role.VIEWER, this::list).scoped(Scoped.LISTED),
        Route.of("GET", PROBE, Role.VIEWER, this::get).scoped(Scoped.LISTED),
        Route.of("GET", PROBE + "/calls", Role.VIEWER, this::calls).scoped(Scoped.LISTED),
        Route.of("DELETE", PROBE, Role.ADMIN, this::delete).scoped(Scoped.LISTED));
  }

  private Response post(Request request) throws IOException {
    ProbeBody body = JsonBody.strict(JsonBody.bytes(request), ProbeBody.class);
    Principal caller = request.principal();
    if (caller == null) {
      throw new ProblemException(401, "nobody", "log in, or give a token");
    }
    Id probe = start.start(body, caller, request.scope(Role.ADMIN), request.remoteAddress());
    return Response.json(202, whole(request, require(request, probe)));
  }

  private Response list(Request request) throws IOException {
    Paging paging = Paging.of(request);
    List<ProbeStatus> page =
        ledger.list(
            request.scope(Role.VIEWER), owner(request), paging.cursor(), paging.limit() + 1);
    boolean more = page.size() > paging.limit();
    List<ProbeStatus> shown = more ? page.subList(0, paging.limit()) : page;
    return Paging.answer(
        "probes",
        shown.stream().map(ProbeViews::brief).toList(),
        more ? shown.get(shown.size() - 1).probe().id() : null);
  }

  private Response get(Request request) throws IOException {
    return Response.json(200, whole(request, require(request)));
  }

  private Map<String, Object> whole(Request request, ProbeStatus probe) throws IOException {
    Scope scope = request.scope(Role.VIEWER);
    return ProbeViews.whole(probe, calls.agents(scope, probe.probe().id(), ProbeLimits.AGENTS_MAX));
  }

  /**
   * Calls in the order in which they come. The answer always has a cursor: with it, the calls that
   * have come since are listed.
   */
  private Response calls(Request request) throws IOException {
    ProbeStatus probe = require(request);
    Paging paging = Paging.of(request);
    Long after = paging.position();
    List<KeptCall> page =
        calls.calls(
            request.scope(Role.VIEWER),
            probe.probe().id(),
            Paging.query(request, "agent", Id::new),
            after == null ? 0 : after,
            paging.limit());
    long last = after == null ? 0 : after;
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("calls", page.stream().map(ProbeViews::call).toList());
    body.put("state", probe.state());
    body.put("more", page.size() == paging.limit());
    body.put("next", Paging.cursor(page.isEmpty() ? last : page.get(page.size() - 1).number()));
    return Response.json(200, body);
  }

  /** Its owner may end a probe, and anybody with the role for all its agents. */
  private Response delete(Request request) throws IOException {
    ProbeStatus probe = require(request);
    boolean own = owner(request).equals(probe.probe().owner());
    if (!own
        && ledger.find(request.scope(Role.ADMIN), owner(request), probe.probe().id()) == null) {
      throw new ProblemException(
          403, "forbidden", "this needs the role admin for all agents of the probe");
    }
    Principal caller = request.principal();
    String by = caller == null ? "nobody" : caller.name();
    boolean unused = probes.stop(probe.probe().id(), ProbeStart.cut("ended by " + by));
    return Response.json(200, whole(request, require(request, probe.probe().id())));
  }

  private ProbeStatus require(Request request) throws IOException {
    String text = request.pathParameter("id");
    return require(request, Id.isId(text) ? new Id(text) : null);
  }

  private ProbeStatus require(Request request, @Nullable Id id) throws IOException {
    ProbeStatus found =
        id == null ? null : ledger.find(request.scope(Role.VIEWER), owner(request), id);
    if (found == null) {
      throw new ProblemException(404, "no such probe", "GET /api/v1/probes lists all");
    }
    return found;
  }

  /**
   * Who owns the caller's probes. An API token owns none: it may be for less than its maker sees.
   */
  private static String owner(Request request) {
    Principal principal = request.principal();
    return principal == null ? "" : principal.name();
  }
}
