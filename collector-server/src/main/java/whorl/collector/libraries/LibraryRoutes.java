package whorl.collector.libraries;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.agents.Target;
import whorl.collector.http.request.Paging;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.store.access.Scope;
import whorl.collector.store.libraries.AgentInventory;
import whorl.collector.store.libraries.FoundLibrary;
import whorl.collector.store.libraries.LibraryLedger;
import whorl.collector.store.libraries.LibraryQuestion;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Text;
import whorl.evidence.library.LibraryEntry;
import whorl.evidence.library.LibraryPattern;
import whorl.evidence.library.LoadedMarks;
import whorl.evidence.library.VersionRange;

/** {@code /api/v1/libraries}: which JVMs have which libraries. */
public final class LibraryRoutes {
  private static final int DEFAULT_OF_AGENT = 1_000;
  private static final int MAX_OF_AGENT = 5_000;

  /** Rows that are read at once while versions are compared. */
  private static final int ROWS_AT_ONCE = 2_000;

  /** Rows that one request compares at most; the next page goes on. */
  private static final int ROWS_MAX = 200_000;

  private static final Target EVERYONE = new Target(null, null, null, null, null, Map.of());

  private final LibraryLedger ledger;
  private final Fleet fleet;

  public LibraryRoutes(LibraryLedger ledger, Fleet fleet) {
    this.ledger = ledger;
    this.fleet = fleet;
  }

  public List<Route> routes() {
    return List.of(
        Route.of("GET", "/api/v1/libraries", Role.VIEWER, this::find).scoped(Scoped.LISTED),
        Route.of("GET", "/api/v1/agents/{id}/libraries", Role.VIEWER, this::ofAgent)
            .scoped(Scoped.AGENT));
  }

  /**
   * What was found.
   *
   * @param withoutVersion libraries of this page's rows that would match if their version were
   *     known
   * @param unknown connected JVMs whose inventory is not there or not complete; null on later pages
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Found(
      List<LibraryView> libraries,
      int withoutVersion,
      @Nullable Integer unknown,
      @Nullable String next) {}

  /** Where a page ends. */
  private record Position(String agent, int position) {
    static final Position START = new Position("", -1);

    static Position of(@Nullable String cursor) {
      if (cursor == null) {
        return START;
      }
      int space = cursor.indexOf(' ');
      try {
        return new Position(
            cursor.substring(0, Math.max(0, space)), Integer.parseInt(cursor.substring(space + 1)));
      } catch (NumberFormatException e) {
        throw new ProblemException(
            400, "bad parameter", "cursor: not from this list; leave it out to start again");
      }
    }

    String text() {
      return agent + " " + position;
    }
  }

  private Response find(Request request) throws IOException {
    Scope scope = request.scope(Role.VIEWER);
    Paging paging = Paging.of(request);
    LibraryQuestion question = question(request);
    VersionRange range = Paging.query(request, "version", VersionRange::of);
    Position at = Position.of(paging.cursor());
    List<FoundLibrary> page = new ArrayList<>();
    int withoutVersion = 0;
    int read = 0;
    boolean more = true;
    while (more && page.size() < paging.limit() && read < ROWS_MAX) {
      int limit = range == null ? paging.limit() - page.size() : ROWS_AT_ONCE;
      List<FoundLibrary> rows = ledger.find(scope, question, at.agent(), at.position(), limit + 1);
      more = rows.size() > limit;
      for (FoundLibrary row : more ? rows.subList(0, limit) : rows) {
        if (page.size() == paging.limit()) {
          more = true;
          break;
        }
        read++;
        at = new Position(row.agent().value(), row.position());
        String version = row.library().version();
        if (range == null || version != null && range.contains(version)) {
          page.add(row);
        } else if (version == null) {
          withoutVersion++;
        }
      }
    }
    Set<Id> connected = connected(scope);
    return Response.json(
        200,
        new Found(
            page.stream().map(row -> LibraryView.of(row, connected.contains(row.agent()))).toList(),
            withoutVersion,
            paging.cursor() == null ? unknown(connected) : null,
            more ? Paging.cursor(at.text()) : null));
  }

  private Set<Id> connected(Scope scope) throws IOException {
    Set<Id> connected = new HashSet<>();
    for (AgentIdentity agent : fleet.find(scope, EVERYONE)) {
      connected.add(agent.id());
    }
    return connected;
  }

  private int unknown(Set<Id> connected) throws IOException {
    Set<Id> complete = ledger.complete();
    int unknown = 0;
    for (Id agent : connected) {
      unknown += complete.contains(agent) ? 0 : 1;
    }
    return unknown;
  }

  private static LibraryQuestion question(Request request) {
    LibraryPattern named = Paging.query(request, "name", LibraryPattern::of);
    LibraryPattern.Part group = Paging.query(request, "group", LibraryPattern::part);
    LibraryQuestion question =
        new LibraryQuestion(
            group != null ? group : named == null ? null : named.group(),
            named == null ? null : named.name(),
            Paging.query(request, "sha256", text -> new Digest(text.toLowerCase(Locale.ROOT))),
            Paging.trueOrFalse(request, "loaded"),
            request.query("service"));
    if (question.isOpen()) {
      throw new ProblemException(
          400,
          "no question",
          "give name (like " + LibraryPattern.FORMS + "), group or sha256 of a library");
    }
    return question;
  }

  /**
   * The libraries of one JVM.
   *
   * @param digest of the inventory; null if there is none
   * @param problem why the inventory is not complete, or is not there
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record OfAgent(
      Id agent,
      boolean complete,
      @Nullable String problem,
      @Nullable Digest digest,
      @Nullable Instant firstReported,
      @Nullable Instant lastReported,
      List<LibraryView> libraries,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String next) {}

  private Response ofAgent(Request request) throws IOException {
    String text = request.pathParameter("id");
    Id id = Id.isId(text) ? new Id(text) : null;
    if (id == null || fleet.agent(id) == null && !fleet.isConnected(id)) {
      throw new ProblemException(
          404,
          "no such agent",
          "no agent " + Text.shortened(text) + "; GET /api/v1/agents lists all");
    }
    Paging paging = Paging.of(request, DEFAULT_OF_AGENT, MAX_OF_AGENT);
    Long after = paging.position();
    AgentInventory inventory = ledger.ofAgent(id);
    if (inventory == null) {
      return Response.json(
          200,
          new OfAgent(
              id,
              false,
              "it has sent no inventory: it is older, or has started a short time ago",
              null,
              null,
              null,
              List.of(),
              null));
    }
    int from = after == null ? 0 : (int) Math.min(Integer.MAX_VALUE - 1, after + 1);
    List<LibraryEntry> entries = ledger.entries(inventory.inventory(), from, paging.limit() + 1);
    boolean more = entries.size() > paging.limit();
    List<LibraryView> views = new ArrayList<>();
    for (int i = 0; i < Math.min(entries.size(), paging.limit()); i++) {
      views.add(
          LibraryView.of(
              entries.get(i), LoadedMarks.loader(LoadedMarks.at(inventory.loaded(), from + i))));
    }
    return Response.json(
        200,
        new OfAgent(
            id,
            inventory.problem() == null,
            inventory.problem(),
            inventory.inventory(),
            inventory.firstReported(),
            inventory.lastReported(),
            views,
            more ? Paging.cursor(from + paging.limit() - 1) : null));
  }
}
