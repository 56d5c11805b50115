package whorl.collector.scopes;

import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import whorl.collector.http.request.Handler;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.store.access.Scope;
import whorl.evidence.Id;

/**
 * Runs before the handlers of all routes, and enforces their {@link Scoped}. A caller who does not
 * see everything gets the same answer, from here, for a thing of others and for one that does not
 * exist. A route that says nothing is only for those who may do everything. Thread-safe.
 */
public final class ScopeGuard {
  private final Map<Scoped, Visibility> visibilities;
  private final Preparation preparation;

  /** Finds out whose the newest things are, before somebody asks for a list. */
  @FunctionalInterface
  public interface Preparation {
    void look() throws IOException;
  }

  /**
   * @param visibilities for each kind of thing that routes name by {@code {id}}
   */
  public ScopeGuard(Map<Scoped, Visibility> visibilities, Preparation preparation) {
    this.visibilities = new EnumMap<>(Scoped.class);
    this.visibilities.putAll(visibilities);
    this.preparation = preparation;
  }

  /** Returns the routes with this before their handlers. */
  public List<Route> guarded(List<Route> routes) {
    return routes.stream().map(this::guarded).toList();
  }

  private Route guarded(Route route) {
    Role needs = route.needs();
    Scoped how = route.scoped();
    if (needs == null || how == Scoped.OPEN || how == Scoped.AGENTS || how == Scoped.OWN) {
      return route;
    }
    Handler handler = route.handler();
    return route.with(request -> handle(request, needs, how, handler));
  }

  private Response handle(Request request, Role needs, Scoped how, Handler handler)
      throws IOException {
    Principal caller = request.principal();
    Scope acts = request.scope(needs);
    if (caller == null || acts.parts().isEmpty()) {
      throw lacks(needs, "");
    }
    if (acts.isEverything()) {
      return handler.handle(request);
    }
    switch (how) {
      case EVERYBODY -> {}
      case LISTED -> preparation.look();
      case EVIDENCE, AGENT, ALERT, ALERT_GROUP, CAPTURE, CASE ->
          require(request, caller, needs, how);
      default -> throw lacks(needs, " for everything");
    }
    return handler.handle(request);
  }

  private void require(Request request, Principal caller, Role needs, Scoped how)
      throws IOException {
    String text = request.pathParameter("id");
    Id id = Id.isId(text) ? new Id(text) : null;
    if (id == null || !sees(caller, Role.VIEWER, how, id)) {
      throw Unseen.of(how);
    }
    if (!sees(caller, needs, how, id)) {
      throw lacks(needs, " for this");
    }
  }

  private boolean sees(Principal caller, Role role, Scoped how, Id id) throws IOException {
    Scope scope = caller.access().scope(role);
    Visibility visibility = visibilities.get(how);
    return scope.isEverything() || (visibility != null && visibility.sees(caller, scope, id));
  }

  private static ProblemException lacks(Role needs, String forWhat) {
    return new ProblemException(
        403,
        "forbidden",
        "this needs the role " + needs.word() + forWhat + ", which you don't have");
  }
}
