package whorl.collector.search;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
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
import whorl.collector.store.searches.RowSearchLedger;
import whorl.collector.store.searches.StoredSearch;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * {@code /api/v1/search/rows}: searches the rows of all timelines in the background. A search is
 * seen by who began it, and by nobody else.
 */
final class RowSearchRoutes {
  private static final String SEARCHES = "/api/v1/search/rows";

  private final RowSearches searches;
  private final RowSearchLedger ledger;
  private final InstantSource clock;

  RowSearchRoutes(RowSearches searches, RowSearchLedger ledger, InstantSource clock) {
    this.searches = searches;
    this.ledger = ledger;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.of("POST", SEARCHES, Role.VIEWER, this::post).scoped(Scoped.LISTED),
        Route.of("GET", SEARCHES + "/{id}", Role.VIEWER, this::get).scoped(Scoped.LISTED),
        Route.of("DELETE", SEARCHES + "/{id}", Role.VIEWER, this::cancel).scoped(Scoped.LISTED));
  }

  /**
   * How far a search has come.
   *
   * @param rows a page of what was found
   * @param next the cursor with which the rows are listed that have come since
   * @param withMore evidence in which more rows match than a search lists
   * @param unread evidence that could not be searched; known at the end
   * @param partly evidence that could be searched only in part; known at the end
   */
  record View(
      Id id,
      StoredSearch.State state,
      String words,
      RowQuestion.Match match,
      @Nullable Instant since,
      @Nullable Instant until,
      @Nullable String service,
      int looked,
      int found,
      List<FoundRow> rows,
      boolean more,
      String next,
      List<Id> withMore,
      int unreadCount,
      @Nullable List<Found.Unread> unread,
      @Nullable List<Found.Unread> partly,
      @Nullable Instant oldest,
      @Nullable String older,
      @Nullable String stopped,
      @Nullable String problem,
      long tookMillis) {}

  private Response post(Request request) throws IOException {
    RowQuestion question =
        JsonBody.strict(JsonBody.bytes(request), RowQuestion.class).checked(clock.instant());
    Principal caller = request.principal();
    StoredSearch search =
        searches.start(question, request.scope(Role.VIEWER), caller, owner(request));
    return Response.json(202, view(search, 0, 1));
  }

  private Response get(Request request) throws IOException {
    Paging paging = Paging.of(request);
    Long after = paging.position();
    return Response.json(
        200,
        view(
            require(request),
            after == null ? 0 : (int) Math.min(after, RowSearchLimits.ROWS_MAX),
            paging.limit()));
  }

  private Response cancel(Request request) throws IOException {
    StoredSearch search = require(request);
    boolean unused = ledger.cancel(owner(request), search.id());
    return Response.json(200, view(require(request), 0, 1));
  }

  private static View view(StoredSearch search, int after, int limit) throws IOException {
    RowQuestion question = Json.LENIENT.readValue(search.question(), RowQuestion.class);
    Found found = Json.LENIENT.readValue(search.found(), Found.class);
    int size = found.rows().size();
    int from = Math.min(after, size);
    int to = Math.min(size, from + limit);
    boolean ended = search.state() != StoredSearch.State.RUNNING;
    return new View(
        search.id(),
        search.state(),
        question.words(),
        question.how(),
        question.since(),
        question.until(),
        question.service(),
        found.looked(),
        size,
        found.rows().subList(from, to),
        to < size,
        Paging.cursor(to),
        found.more(),
        found.unread().size(),
        ended ? found.unread() : null,
        ended ? found.partly() : null,
        found.oldest(),
        ended ? found.older() : null,
        found.stopped(),
        search.state() == StoredSearch.State.LOST
            ? "the collector that searched has ended; search again, or go on"
            : found.problem(),
        found.tookMillis());
  }

  /** The caller's search, if the caller still sees what it saw when it began. */
  private StoredSearch require(Request request) throws IOException {
    String text = request.pathParameter("id");
    StoredSearch found = Id.isId(text) ? ledger.find(owner(request), new Id(text)) : null;
    if (found == null || !found.scope().equals(ScopeDigest.of(request.scope(Role.VIEWER)))) {
      throw new ProblemException(
          404,
          "no such search",
          "you have no such search; it is forgotten "
              + RowSearchLedger.KEPT.toMinutes()
              + " minutes after it ended, and when evidence is purged that it found. Search again");
    }
    return found;
  }

  private static String owner(Request request) {
    Principal principal = request.principal();
    return principal == null ? "" : principal.quotaOwner();
  }
}
