package whorl.collector.cases;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Paging;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.store.access.Scope;
import whorl.collector.store.access.ScopedRows;
import whorl.collector.store.objects.EvidenceStore;
import whorl.evidence.Id;

/**
 * {@code /api/v1/holds} and {@code /api/v1/evidence/{id}/hold}: holds of evidence itself and of its
 * cases.
 */
public final class HoldRoutes {
  private static final String PATH = "/api/v1/evidence/{id}/hold";

  private static final int QUERIED_MAX = 1_000;
  private static final int HELD_AT_ONCE = 1_000;

  private final Holds holds;
  private final EvidenceStore store;
  private final ScopedRows rows;
  private final DiskReserve diskReserve;

  /**
   * @param rows says which evidence a caller sees
   * @param freeBytes returns the free space on the disk
   */
  public HoldRoutes(Holds holds, EvidenceStore store, ScopedRows rows, LongSupplier freeBytes) {
    this.holds = holds;
    this.store = store;
    this.rows = rows;
    this.diskReserve = new DiskReserve(freeBytes);
  }

  /** All holds of one piece of evidence. */
  record View(boolean held, List<CaseView.HoldView> holds) {}

  public List<Route> routes() {
    return List.of(
        Route.of("GET", "/api/v1/holds", Role.VIEWER, this::list).scoped(Scoped.LISTED),
        Route.of("GET", PATH, Role.VIEWER, this::get).scoped(Scoped.EVIDENCE),
        Route.of("PUT", PATH, Role.RESPONDER, diskReserve.reportFullDisk(this::hold))
            .scoped(Scoped.EVIDENCE),
        Route.of("DELETE", PATH, Role.ADMIN, diskReserve.reportFullDisk(this::release))
            .scoped(Scoped.EVIDENCE));
  }

  /**
   * Lists held evidence with its holds, by page; or only the held part of the evidence in the
   * query.
   */
  private Response list(Request request) throws IOException {
    String queried = request.query("evidence");
    if (queried != null) {
      return Paging.answer("held", views(heldAmong(request, queried.split(","))), null);
    }
    Paging paging = Paging.of(request);
    List<Id> held = heldAfter(request.scope(Role.VIEWER), paging.cursor(), paging.limit() + 1);
    boolean more = held.size() > paging.limit();
    List<Id> pageItems = more ? held.subList(0, paging.limit()) : held;
    return Paging.answer(
        "held", views(pageItems), more ? pageItems.get(pageItems.size() - 1) : null);
  }

  /** The held evidence after this id that the scope holds, in the order of the ids. */
  private List<Id> heldAfter(Scope scope, @Nullable String cursor, int limit) throws IOException {
    if (scope.isEverything()) {
      return holds.heldAfter(cursor, limit);
    }
    List<Id> seen = new ArrayList<>();
    String after = cursor;
    List<Id> some;
    do {
      some = holds.heldAfter(after, HELD_AT_ONCE);
      Set<Id> visible = rows.evidence(scope, some);
      some.stream().filter(visible::contains).forEach(seen::add);
      after = some.isEmpty() ? after : some.get(some.size() - 1).value();
    } while (some.size() == HELD_AT_ONCE && seen.size() < limit);
    return seen.subList(0, Math.min(limit, seen.size()));
  }

  /** One piece of held evidence. */
  record Held(Id evidence, List<CaseView.HoldView> holds) {}

  private List<Held> views(List<Id> held) throws IOException {
    List<Held> views = new ArrayList<>(held.size());
    for (Id each : held) {
      views.add(new Held(each, views(each)));
    }
    return views;
  }

  private List<Id> heldAmong(Request request, String[] queried) throws IOException {
    if (queried.length > QUERIED_MAX) {
      throw new ProblemException(
          400,
          "too many",
          "evidence has " + queried.length + " ids; at most " + QUERIED_MAX + " are allowed");
    }
    List<Id> held = new ArrayList<>();
    for (String each : new LinkedHashSet<>(Arrays.asList(queried))) {
      if (Id.isId(each) && holds.isHeld(new Id(each))) {
        held.add(new Id(each));
      }
    }
    Set<Id> visible = rows.evidence(request.scope(Role.VIEWER), held);
    return held.stream().filter(visible::contains).toList();
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

  private Response answer(Id evidence) throws IOException {
    List<CaseView.HoldView> views = views(evidence);
    return Response.json(200, new View(!views.isEmpty(), views));
  }

  private List<CaseView.HoldView> views(Id evidence) throws IOException {
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
