package whorl.collector.cases;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import whorl.collector.http.request.Paging;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.store.objects.EvidenceStore;
import whorl.evidence.Id;

/**
 * {@code /api/v1/holds} and {@code /api/v1/evidence/{id}/hold}: holds of evidence itself and of its
 * cases.
 */
public final class HoldRoutes {
  private static final String PATH = "/api/v1/evidence/{id}/hold";

  private static final int QUERIED_MAX = 1_000;

  private final Holds holds;
  private final EvidenceStore store;
  private final DiskReserve diskReserve;

  /**
   * @param freeBytes returns the free space on the disk
   */
  public HoldRoutes(Holds holds, EvidenceStore store, LongSupplier freeBytes) {
    this.holds = holds;
    this.store = store;
    this.diskReserve = new DiskReserve(freeBytes);
  }

  /** All holds of one piece of evidence. */
  record View(boolean held, List<CaseView.HoldView> holds) {}

  public List<Route> routes() {
    return List.of(
        Route.of("GET", "/api/v1/holds", Role.VIEWER, this::list),
        Route.of("GET", PATH, Role.VIEWER, this::get),
        Route.of("PUT", PATH, Role.RESPONDER, diskReserve.reportFullDisk(this::hold)),
        Route.of("DELETE", PATH, Role.ADMIN, diskReserve.reportFullDisk(this::release)));
  }

  /**
   * Lists held evidence with its holds, by page; or only the held part of the evidence in the
   * query.
   */
  private Response list(Request request) {
    String queried = request.query("evidence");
    if (queried != null) {
      return Paging.answer("held", views(heldAmong(queried.split(","))), null);
    }
    Paging paging = Paging.of(request);
    List<Id> held = holds.heldAfter(paging.cursor(), paging.limit() + 1);
    boolean more = held.size() > paging.limit();
    List<Id> pageItems = more ? held.subList(0, paging.limit()) : held;
    return Paging.answer(
        "held", views(pageItems), more ? pageItems.get(pageItems.size() - 1) : null);
  }

  /** One piece of held evidence. */
  record Held(Id evidence, List<CaseView.HoldView> holds) {}

  private List<Held> views(List<Id> held) {
    return held.stream().map(each -> new Held(each, views(each))).toList();
  }

  private List<Id> heldAmong(String[] queried) {
    if (queried.length > QUERIED_MAX) {
      throw new ProblemException(
          400,
          "too many",
          "evidence has " + queried.length + " ids; at most " + QUERIED_MAX + " are allowed");
    }
    return Arrays.stream(queried)
        .distinct()
        .filter(Id::isId)
        .map(Id::new)
        .filter(holds::isHeld)
        .toList();
  }

  private Response get(Request request) throws IOException {
    return answer(requireEvidence(request));
  }

  private Response hold(Request request) throws IOException {
    Id evidence = id(request);
    String reason =
        CaseLimits.reason(CaseRequests.body(request, CaseRoutes.NewHold.class).reason());
    if (!holds.hold(evidence, Cases.actor(CaseRequests.by(request)), reason)) {
      throw Cases.noEvidence(evidence);
    }
    return answer(evidence);
  }

  private Response release(Request request) throws IOException {
    Id evidence = requireEvidence(request);
    String reason = request.query("reason");
    holds.release(
        evidence,
        Cases.actor(CaseRequests.by(request)),
        reason == null ? "released" : CaseLimits.reason(reason));
    return answer(evidence);
  }

  private Response answer(Id evidence) {
    List<CaseView.HoldView> views = views(evidence);
    return Response.json(200, new View(!views.isEmpty(), views));
  }

  private List<CaseView.HoldView> views(Id evidence) {
    return holds.of(evidence).stream().map(CaseView.HoldView::of).toList();
  }

  private Id requireEvidence(Request request) throws IOException {
    Id evidence = id(request);
    if (!store.contains(evidence)) {
      throw Cases.noEvidence(evidence);
    }
    return evidence;
  }

  private static Id id(Request request) {
    return CaseRequests.id(request, "id", "evidence");
  }
}
