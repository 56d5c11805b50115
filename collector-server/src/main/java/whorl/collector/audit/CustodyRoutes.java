package whorl.collector.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.TilePath;
import whorl.collector.custody.publish.LogPublisher;
import whorl.collector.export.SeenEvidence;
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
import whorl.collector.store.objects.EvidenceStore;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** {@code /api/v1/custody}: the entries of one piece of evidence, and doubts about the log. */
public final class CustodyRoutes {
  private static final String PATH = "/api/v1/custody";
  private static final int REASON_MAX_CHARS = 500;
  private static final String IN_DOUBT =
      "the log is in doubt; somebody who sees everything can read why, and accept it";

  private final CustodyLog custody;
  private final LogPublisher publisher;
  private final EvidenceStore store;
  private final SeenEvidence seen;

  /**
   * @param seen who sees the entries of evidence
   */
  public CustodyRoutes(
      CustodyLog custody, LogPublisher publisher, EvidenceStore store, SeenEvidence seen) {
    this.seen = seen;
    this.custody = custody;
    this.publisher = publisher;
    this.store = store;
  }

  /**
   * The log in the format of the API.
   *
   * @param entries a page of the evidence's entries, oldest first; null if no evidence was
   *     requested
   * @param next the cursor of the next page; null if this is the last
   * @param size the number of entries of the whole log
   * @param doubts why the log cannot be relied on
   */
  record View(
      @Nullable List<CustodyEntry> entries,
      @Nullable String next,
      long size,
      @JsonInclude(JsonInclude.Include.ALWAYS) List<String> doubts) {}

  /** The reason for dismissing the doubts. */
  record Acknowledgement(@Nullable String reason) {}

  public List<Route> routes() {
    return List.of(
        Route.of("GET", PATH, Role.VIEWER, this::show).scoped(Scoped.LISTED),
        Route.of("GET", PATH + "/checkpoint", Role.VIEWER, this::checkpoint)
            .scoped(Scoped.EVERYBODY),
        Route.of("GET", PATH + "/key", Role.VIEWER, this::key).scoped(Scoped.EVERYBODY),
        Route.of("GET", PATH + "/tile/{path...}", Role.VIEWER, this::tile).scoped(Scoped.WHOLE),
        Route.of("POST", PATH + "/acknowledge", Role.ADMIN, this::acknowledge)
            .scoped(Scoped.WHOLE));
  }

  private Response show(Request request) throws IOException {
    String evidence = request.query("evidence");
    if (evidence != null && !Id.isId(evidence)) {
      throw new ProblemException(400, "bad evidence", "evidence is an id, such as a list gives");
    }
    Scope scope = request.scope(Role.VIEWER);
    List<String> doubts = doubts(scope);
    if (evidence == null) {
      return Response.json(200, new View(null, null, custody.size(), doubts));
    }
    if (!seen.sees(scope, new Id(evidence))) {
      return Response.json(200, new View(List.of(), null, custody.size(), doubts));
    }
    Paging paging = Paging.of(request);
    Long after = paging.position();
    Instant from = Paging.time(request, "from");
    Instant to = Paging.time(request, "to");
    List<CustodyEntry> remaining =
        custody.entries(new Id(evidence)).stream()
            .filter(entry -> after == null || entry.sequence() > after)
            .filter(entry -> from == null || !entry.time().isBefore(from))
            .filter(entry -> to == null || entry.time().isBefore(to))
            .toList();
    List<CustodyEntry> page = remaining.subList(0, Math.min(paging.limit(), remaining.size()));
    String next =
        page.size() == remaining.size()
            ? null
            : Paging.cursor(page.get(page.size() - 1).sequence());
    return Response.json(200, new View(page, next, custody.size(), doubts));
  }

  /** Doubts may name any evidence. */
  private List<String> doubts(Scope scope) throws IOException {
    List<String> doubts = custody.readDoubts();
    return doubts.isEmpty() || scope.isEverything() ? doubts : List.of(IN_DOUBT);
  }

  /** The last checkpoint, as the signed note that it is. */
  private Response checkpoint(Request request) throws IOException {
    SignedCheckpoint checkpoint = publisher.checkpoint();
    if (checkpoint == null) {
      throw new ProblemException(404, "no checkpoint", "none was signed yet; ask again soon");
    }
    return note(checkpoint.bytes());
  }

  private Response key(Request request) {
    return note((publisher.verifier() + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static Response note(byte[] content) {
    return new Response(
        200,
        Map.of("Content-Type", "text/plain; charset=utf-8", "X-Content-Type-Options", "nosniff"),
        new Response.Body.Bytes(content));
  }

  private Response tile(Request request) throws IOException {
    TilePath path = TilePath.parse("tile/" + request.pathParameter("path"));
    if (path != null
        && path.level() == TilePath.ENTRIES
        && !request.scope(Role.ADMIN).isEverything()) {
      throw new ProblemException(
          403, "not allowed", "entries of all evidence need a token of role admin");
    }
    byte[] content;
    try {
      content = path == null ? null : publisher.tiles().read(path);
    } catch (NoSuchFileException e) {
      content = null;
    }
    if (content == null) {
      throw new ProblemException(
          404,
          "no such tile",
          "the log has no such tile; GET " + PATH + "/checkpoint says its size");
    }
    return new Response(
        200,
        Map.of("Content-Type", "application/octet-stream", "X-Content-Type-Options", "nosniff"),
        new Response.Body.Bytes(content));
  }

  private Response acknowledge(Request request) throws IOException {
    String reason = JsonBody.strict(JsonBody.bytes(request), Acknowledgement.class).reason();
    if (reason == null
        || reason.isBlank()
        || reason.length() > REASON_MAX_CHARS
        || reason.chars().anyMatch(Character::isISOControl)) {
      throw new ProblemException(
          400,
          "no reason",
          "give a reason that says what was checked: up to " + REASON_MAX_CHARS + " characters");
    }
    Principal principal = request.principal();
    String actor = principal == null ? "nobody" : "token " + principal.name();
    if (!custody.readDoubts().isEmpty()) {
      adopt(actor, reason);
      custody.acknowledge(actor, reason);
    }
    return show(request);
  }

  /** Adds records to custody that are missing from it. */
  private void adopt(String actor, String reason) throws IOException {
    for (Id evidence : store.evidence()) {
      byte[] record = store.recordBytes(evidence);
      if (record != null && !custody.isKept(evidence) && !custody.purged(evidence)) {
        custody.append(
            CustodyAction.ADOPTED,
            evidence,
            actor,
            Map.of("record", Digest.of(record).hex(), "reason", reason));
      }
    }
  }
}
