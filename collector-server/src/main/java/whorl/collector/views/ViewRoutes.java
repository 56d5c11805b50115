package whorl.collector.views;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.JsonBody;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.http.request.WrittenText;
import whorl.collector.store.views.SavedView;
import whorl.collector.store.views.ViewLedger;
import whorl.evidence.Id;
import whorl.evidence.Text;

/**
 * {@code /api/v1/views}: filters under a name. Everybody sees the shared ones, with the names of
 * the people who share them; only responders may share, and change or remove what they share, also
 * by API token. Only its maker may change a view; an admin may remove those that others share.
 */
public final class ViewRoutes {
  private static final String PATH = "/api/v1/views";
  private static final Set<String> KINDS = Set.of("alerts", "evidence", "search", "timeline");
  private static final int NAME_CHARS = 80;
  private static final int QUERY_CHARS = 4_000;

  private final ViewLedger ledger;
  private final InstantSource clock;

  public ViewRoutes(ViewLedger ledger, InstantSource clock) {
    this.ledger = ledger;
    this.clock = clock;
  }

  /** The body of a {@code POST}, and of a {@code PATCH}, where what is absent stays. */
  record Body(
      @Nullable String kind,
      @Nullable String name,
      @Nullable String query,
      @Nullable Boolean shared) {}

  /**
   * A view in the API.
   *
   * @param mine true if the caller made it
   */
  record View(
      Id id,
      String kind,
      String name,
      String query,
      boolean shared,
      String by,
      boolean mine,
      Instant changedAt) {
    static View of(SavedView view, String caller) {
      return new View(
          view.id(),
          view.kind(),
          view.name(),
          view.query(),
          view.shared(),
          view.by(),
          view.by().equals(caller),
          view.changedAt());
    }
  }

  public List<Route> routes() {
    String one = PATH + "/{id}";
    return List.of(
        Route.of("GET", PATH, Role.VIEWER, this::list).scoped(Scoped.OWN),
        Route.of("POST", PATH, Role.VIEWER, this::add).scoped(Scoped.OWN),
        Route.of("PATCH", one, Role.VIEWER, this::change).scoped(Scoped.OWN),
        Route.of("DELETE", one, Role.VIEWER, this::remove).scoped(Scoped.OWN));
  }

  private Response list(Request request) throws IOException {
    String kind = request.query("kind");
    if (kind != null && !KINDS.contains(kind)) {
      throw WrittenText.refused("kind", "is one of " + String.join(", ", new TreeSet<>(KINDS)));
    }
    String caller = caller(request);
    return Response.json(
        200,
        Map.of(
            "views",
            ledger.list(caller, kind).stream().map(view -> View.of(view, caller)).toList()));
  }

  private Response add(Request request) throws IOException {
    Body body = JsonBody.strict(JsonBody.bytes(request), Body.class);
    String kind = body.kind();
    if (kind == null || !KINDS.contains(kind)) {
      throw WrittenText.refused("kind", "is one of " + String.join(", ", new TreeSet<>(KINDS)));
    }
    String caller = caller(request);
    SavedView view =
        new SavedView(
            Id.next(clock),
            caller,
            kind,
            name(body.name()),
            query(body.query()),
            shared(request, Boolean.TRUE.equals(body.shared())),
            clock.instant());
    if (!ledger.add(view)) {
      throw new ProblemException(
          409, "too many", "you have " + ViewLedger.MAX + " views; remove some of them");
    }
    return Response.json(201, View.of(view, caller)).with("Location", PATH + "/" + view.id());
  }

  private Response change(Request request) throws IOException {
    SavedView before = own(request);
    boolean unused = shared(request, before.shared());
    Body body = JsonBody.strict(JsonBody.bytes(request), Body.class);
    if (body.kind() != null && !body.kind().equals(before.kind())) {
      throw WrittenText.refused("kind", "can't be changed; save another view");
    }
    Boolean share = body.shared();
    SavedView after =
        new SavedView(
            before.id(),
            before.by(),
            before.kind(),
            body.name() == null ? before.name() : name(body.name()),
            body.query() == null ? before.query() : query(body.query()),
            share == null || share == before.shared() ? before.shared() : shared(request, share),
            clock.instant());
    if (!ledger.change(after)) {
      throw noView(before.id().value()); // removed meanwhile
    }
    return Response.json(200, View.of(after, caller(request)));
  }

  private Response remove(Request request) throws IOException {
    SavedView view = seen(request);
    if (!view.by().equals(caller(request)) && !permits(request, Role.ADMIN)) {
      throw notYours(view);
    }
    boolean unused = shared(request, view.shared());
    if (!ledger.remove(view.id())) {
      throw noView(view.id().value());
    }
    return Response.empty(204);
  }

  /** A view that the caller made. */
  private SavedView own(Request request) throws IOException {
    SavedView view = seen(request);
    if (!view.by().equals(caller(request))) {
      throw notYours(view);
    }
    return view;
  }

  /** What others keep for themselves is as if it were not there. */
  private SavedView seen(Request request) throws IOException {
    String id = request.pathParameter("id");
    SavedView view = Id.isId(id) ? ledger.find(new Id(id)) : null;
    if (view == null || (!view.shared() && !view.by().equals(caller(request)))) {
      throw noView(id);
    }
    return view;
  }

  private static boolean shared(Request request, boolean share) {
    if (share && !permits(request, Role.RESPONDER)) {
      throw new ProblemException(
          403, "forbidden", "sharing a view needs the role responder; keep it for yourself");
    }
    return share;
  }

  private static boolean permits(Request request, Role role) {
    Principal principal = request.principal();
    return principal != null && principal.access().permits(role);
  }

  private static String caller(Request request) {
    Principal principal = request.principal();
    return principal == null ? "nobody" : principal.quotaOwner();
  }

  private static String name(@Nullable String name) {
    if (name == null || name.isBlank()) {
      throw WrittenText.refused("name", "is missing");
    }
    return WrittenText.line("name", name.strip(), NAME_CHARS);
  }

  private static String query(@Nullable String query) {
    return WrittenText.line("query", query == null ? "" : query, QUERY_CHARS);
  }

  private static ProblemException notYours(SavedView view) {
    return new ProblemException(
        403, "forbidden", "the view is of " + view.by() + "; save one of your own");
  }

  private static ProblemException noView(String id) {
    return new ProblemException(
        404, "no such view", "no view " + Text.shortened(id) + "; GET " + PATH + " lists all");
  }
}
