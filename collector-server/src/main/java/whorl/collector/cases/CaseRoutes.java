package whorl.collector.cases;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Handler;
import whorl.collector.http.request.Paging;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.store.access.Scope;
import whorl.collector.store.records.CaseLedger;
import whorl.collector.store.records.CaseRecord;
import whorl.collector.store.records.NoteRecord;
import whorl.collector.store.records.Page;
import whorl.collector.store.triage.GravestLedger;
import whorl.evidence.Id;

/** {@code /api/v1/cases} and the paths below it. */
public final class CaseRoutes {
  private static final String PATH = "/api/v1/cases";
  private static final String CASE_PATH = PATH + "/{id}";
  private static final int EVIDENCE_IN_LIST = 100;
  private static final int NOTES_SHOWN = 200;
  private static final int LINES_SHOWN = 1_000;

  private final Cases cases;
  private final VisibleCases visible;
  private final Seen seen;
  private final GravestLedger gravest;
  private final DiskReserve diskReserve;

  /** Decides who sees evidence. */
  @FunctionalInterface
  public interface Seen {
    boolean sees(Scope scope, Id evidence) throws IOException;
  }

  /**
   * @param visible who sees which case
   * @param seen who sees evidence that joins a case
   * @param gravest the gravest findings of evidence
   * @param freeBytes returns the free space on the disk
   */
  public CaseRoutes(
      Cases cases, VisibleCases visible, Seen seen, GravestLedger gravest, LongSupplier freeBytes) {
    this.gravest = gravest;
    this.cases = cases;
    this.visible = visible;
    this.seen = seen;
    this.diskReserve = new DiskReserve(freeBytes);
  }

  /** The body of {@code POST /api/v1/cases}. */
  record NewCase(
      @Nullable String title, @Nullable String description, @Nullable List<String> tags) {}

  /** The body of {@code POST …/notes}. */
  record NewNote(@Nullable String text, @Nullable String row) {}

  /** The body of {@code PUT …/hold}. */
  record NewHold(@Nullable String reason) {}

  public List<Route> routes() {
    return List.of(
        Route.of("GET", PATH, Role.VIEWER, this::list).scoped(Scoped.LISTED),
        write("POST", PATH, Role.RESPONDER, this::create).scoped(Scoped.LISTED),
        Route.of("GET", CASE_PATH, Role.VIEWER, this::get).scoped(Scoped.CASE),
        write("PATCH", CASE_PATH, Role.RESPONDER, this::change).scoped(Scoped.CASE),
        Route.of("DELETE", CASE_PATH, Role.ADMIN, diskReserve.reportFullDisk(this::delete))
            .scoped(Scoped.CASE),
        write("PUT", CASE_PATH + "/evidence/{evidence}", Role.RESPONDER, this::add)
            .scoped(Scoped.CASE),
        write("DELETE", CASE_PATH + "/evidence/{evidence}", Role.RESPONDER, this::remove)
            .scoped(Scoped.CASE),
        Route.of("GET", CASE_PATH + "/notes", Role.VIEWER, this::notes).scoped(Scoped.CASE),
        write("POST", CASE_PATH + "/notes", Role.RESPONDER, this::note).scoped(Scoped.CASE),
        Route.of("PUT", CASE_PATH + "/hold", Role.RESPONDER, diskReserve.reportFullDisk(this::hold))
            .scoped(Scoped.CASE),
        Route.of(
                "DELETE",
                CASE_PATH + "/hold",
                Role.ADMIN,
                diskReserve.reportFullDisk(this::release))
            .scoped(Scoped.CASE));
  }

  private Route write(String method, String path, Role role, Handler handler) {
    return Route.of(method, path, role, diskReserve.requireReserve(handler));
  }

  private Response list(Request request) throws IOException {
    CaseLedger ledger = cases.ledger();
    Paging paging = Paging.of(request);
    Page<CaseRecord> page =
        visible.page(request, filter(request), paging.position(), paging.limit());
    List<CaseView> views = new ArrayList<>();
    for (CaseRecord each : page.items()) {
      List<Id> evidence = ledger.evidence(each.id(), EVIDENCE_IN_LIST);
      views.add(
          CaseView.of(
              each,
              evidence,
              List.of(),
              cases.holds().ofCase(each.id()),
              gravest.lines(evidence),
              true));
    }
    return Paging.answer("cases", views, page.next());
  }

  private Response create(Request request) throws IOException {
    NewCase body = CaseRequests.body(request, NewCase.class);
    CaseRecord created =
        cases.create(
            body.title(),
            body.description(),
            body.tags() == null ? List.of() : body.tags(),
            CaseRequests.by(request));
    return Response.json(201, view(created)).with("Location", PATH + "/" + created.id());
  }

  private Response get(Request request) throws IOException {
    return Response.json(200, view(cases.require(id(request))));
  }

  private Response change(Request request) throws IOException {
    Id id = id(request);
    Cases.Change change = CaseRequests.body(request, Cases.Change.class);
    return Response.json(200, view(cases.change(id, change, CaseRequests.by(request))));
  }

  private Response delete(Request request) throws IOException {
    cases.delete(id(request), CaseRequests.by(request));
    return Response.empty(204);
  }

  private Response add(Request request) throws IOException {
    Id evidence = evidence(request);
    if (!seen.sees(request.scope(Role.VIEWER), evidence)) {
      throw Cases.noEvidence(evidence);
    }
    if (!seen.sees(request.scope(Role.RESPONDER), evidence)) {
      throw new ProblemException(
          403, "forbidden", "this needs the role responder for evidence " + evidence);
    }
    cases.add(id(request), evidence, CaseRequests.by(request));
    return Response.empty(204);
  }

  private Response remove(Request request) throws IOException {
    Id id = id(request);
    boolean mayRelease = visible.sees(request.principal(), request.scope(Role.ADMIN), id);
    cases.remove(id, evidence(request), CaseRequests.by(request), mayRelease);
    return Response.empty(204);
  }

  private Response notes(Request request) throws IOException {
    Id id = cases.require(id(request)).id();
    Paging paging = Paging.of(request);
    Page<NoteRecord> page = cases.ledger().notes(id, paging.position(), paging.limit());
    return Paging.answer("notes", page.items(), page.next());
  }

  private Response note(Request request) throws IOException {
    Id id = id(request);
    NewNote body = CaseRequests.body(request, NewNote.class);
    return Response.json(201, cases.note(id, body.text(), body.row(), CaseRequests.by(request)));
  }

  private Response hold(Request request) throws IOException {
    Id id = id(request);
    String reason = CaseLimits.reason(CaseRequests.body(request, NewHold.class).reason());
    cases.hold(id, reason, CaseRequests.by(request));
    return Response.json(200, view(cases.require(id)));
  }

  private Response release(Request request) throws IOException {
    Id id = id(request);
    String reason = request.query("reason");
    cases.release(
        id, reason == null ? "released" : CaseLimits.reason(reason), CaseRequests.by(request));
    return Response.json(200, view(cases.require(id)));
  }

  private CaseView view(CaseRecord found) throws IOException {
    CaseLedger ledger = cases.ledger();
    List<Id> evidence = ledger.evidence(found.id(), CaseLimits.EVIDENCE);
    return CaseView.of(
        found,
        evidence,
        ledger.newestNotes(found.id(), NOTES_SHOWN),
        cases.holds().ofCase(found.id()),
        gravest.lines(evidence.subList(0, Math.min(LINES_SHOWN, evidence.size()))),
        false);
  }

  private static CaseLedger.Filter filter(Request request) {
    String state = request.query("state");
    if (state != null && !state.equals("open") && !state.equals("closed")) {
      throw new ProblemException(400, "bad filter", "state must be open or closed");
    }
    String evidence = request.query("evidence");
    if (evidence != null && !Id.isId(evidence)) {
      throw new ProblemException(400, "bad filter", "evidence must be an id");
    }
    return new CaseLedger.Filter(
        state == null ? null : state.equals("closed"),
        request.query("tag"),
        evidence == null ? null : new Id(evidence),
        Paging.time(request, "from"),
        Paging.time(request, "to"));
  }

  private static Id id(Request request) {
    return CaseRequests.id(request, "id", "case");
  }

  private static Id evidence(Request request) {
    return CaseRequests.id(request, "evidence", "evidence");
  }
}
