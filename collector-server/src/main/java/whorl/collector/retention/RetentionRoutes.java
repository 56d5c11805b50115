package whorl.collector.retention;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import whorl.collector.cases.Hold;
import whorl.collector.cases.Holds;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.store.records.Catalog;
import whorl.evidence.Id;
import whorl.evidence.Text;

/** {@code /api/v1/retention}, and {@code DELETE /api/v1/evidence/{id}}. */
public final class RetentionRoutes {
  private static final int REASON_MAX_CHARS = 500;
  private static final int HOLDS_REPORTED_MAX = 5;

  private final Retention retention;
  private final ScopedRetention scoped;

  public RetentionRoutes(Retention retention, Catalog catalog, Holds holds) {
    this.retention = retention;
    this.scoped = new ScopedRetention(catalog, holds);
  }

  public List<Route> routes() {
    return List.of(
        Route.of("GET", "/api/v1/retention", Role.VIEWER, this::status).scoped(Scoped.LISTED),
        Route.of("DELETE", "/api/v1/evidence/{id}", Role.ADMIN, this::purge)
            .scoped(Scoped.EVIDENCE));
  }

  private Response status(Request request) throws IOException {
    return Response.json(
        200, RetentionView.of(scoped.of(request.scope(Role.VIEWER), retention.status())));
  }

  private Response purge(Request request) throws IOException {
    Id evidence = id(request);
    Principal principal = request.principal();
    String by = principal == null ? "nobody" : "token " + principal.name();
    PurgeOutcome outcome = retention.purgeNow(evidence, by, reason(request));
    if (outcome instanceof PurgeOutcome.Held held) {
      throw new ProblemException(
          409, "on hold", "evidence " + evidence + " is held: " + describe(held.by()));
    }
    if (outcome instanceof PurgeOutcome.Locked locked) {
      throw new ProblemException(
          409,
          "locked",
          "evidence "
              + evidence
              + " is locked in the object store until "
              + locked.until()
              + ": purge it then");
    }
    if (outcome instanceof PurgeOutcome.UnderWay) {
      throw new ProblemException(
          409,
          "being received",
          "evidence " + evidence + " is still being received; purge it when it is sealed");
    }
    if (outcome instanceof PurgeOutcome.InDoubt doubt) {
      throw new ProblemException(
          409,
          "custody in doubt",
          "nothing is purged while custody is in doubt: "
              + doubt.why()
              + "; restore the log, or accept it with POST /api/v1/custody/acknowledge");
    }
    if (outcome instanceof PurgeOutcome.Unknown) {
      throw new ProblemException(
          404, "no such evidence", "list it with GET /api/v1/evidence: " + evidence);
    }
    return Response.empty(204);
  }

  private static String describe(List<Hold> holds) {
    String reported =
        holds.stream()
            .limit(HOLDS_REPORTED_MAX)
            .map(Hold::describe)
            .collect(Collectors.joining("; "));
    return holds.size() > HOLDS_REPORTED_MAX
        ? reported + "; and " + (holds.size() - HOLDS_REPORTED_MAX) + " more"
        : reported;
  }

  /** What is gone can't be looked at any more, so custody must say why it went. */
  private static String reason(Request request) {
    String reason = request.query("reason");
    if (reason == null || reason.isBlank()) {
      throw new ProblemException(
          400, "bad reason", "there is no reason; say with reason= why it is purged, for custody");
    }
    if (reason.length() > REASON_MAX_CHARS || reason.chars().anyMatch(Character::isISOControl)) {
      throw new ProblemException(
          400,
          "bad reason",
          "reason may have " + REASON_MAX_CHARS + " characters, none of them a control character");
    }
    return reason.strip();
  }

  private static Id id(Request request) {
    String text = request.pathParameter("id");
    if (!Id.isId(text)) {
      throw new ProblemException(404, "no such evidence", "not an id: " + Text.shortened(text));
    }
    return new Id(text);
  }
}
