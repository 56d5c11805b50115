package whorl.collector.heap;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.export.EarlierEvidence;
import whorl.collector.export.ExportLog;
import whorl.collector.export.SeenEvidence;
import whorl.collector.heap.read.HeapAnalysis;
import whorl.collector.heap.read.HeapLine;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.performance.ResultStore;
import whorl.collector.store.access.Scope;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.records.Catalog;
import whorl.evidence.Id;

/** Routes for what a heap snapshot says, and how classes grew since earlier evidence. */
public final class HeapRoutes implements AutoCloseable {
  private static final String HEAP_PATH = "/api/v1/evidence/{id}/heap";
  private static final String RETRY_SECONDS = "2";
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final EvidenceStore store;
  private final EarlierEvidence earlier;
  private final HeapAnalyses analyses;
  private final Growth growth;

  /**
   * @param kept where analyses are kept
   * @param confined runs one JVM at once for snapshots, and another one for histograms
   */
  public HeapRoutes(EvidenceStore store, Catalog catalog, ResultStore kept, ConfinedJvm confined) {
    this.store = store;
    this.earlier = new EarlierEvidence(store, catalog);
    this.analyses =
        new HeapAnalyses(
            store, kept, new HeapReading(store, confined, HeapReading.HEAP_BYTES), PATIENCE);
    this.growth = new Growth(store, analyses, confined);
  }

  /**
   * @param seen decides who sees the evidence that is named in a query
   * @param exports records who reads them
   */
  public List<Route> routes(SeenEvidence seen, ExportLog exports) {
    return List.of(
        Route.of("GET", HEAP_PATH, Role.VIEWER, request -> analysis(request, exports))
            .scoped(Scoped.EVIDENCE),
        Route.of("DELETE", HEAP_PATH, Role.RESPONDER, this::stop).scoped(Scoped.EVIDENCE),
        Route.of(
                "GET",
                HEAP_PATH + "/growth",
                Role.VIEWER,
                request -> growth(request, seen, exports))
            .scoped(Scoped.EVIDENCE));
  }

  /**
   * The response.
   *
   * @param state none, waiting, running or done
   * @param percent of the step
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record View(
      Id evidence,
      String state,
      @Nullable String step,
      @Nullable Integer percent,
      @Nullable HeapAnalysis analysis) {}

  private Response analysis(Request request, ExportLog exports) throws IOException {
    EvidenceRecord record = record(request.pathParameter("id"));
    HeapAnalyses.Answer answer = analyses.of(record, isStarted(request.query("start")));
    exports.opened(request.principal(), List.of(record.id()));
    HeapLine.Step step = answer.step();
    View view =
        new View(
            record.id(),
            answer.state().name().toLowerCase(Locale.ROOT),
            step == null ? null : step.step(),
            step == null ? null : step.percent(),
            answer.analysis());
    return answer.analysis() != null
        ? Response.json(200, view)
        : Response.json(202, view).with("Retry-After", RETRY_SECONDS);
  }

  /** Stops the examination; what was examined before stays. */
  private Response stop(Request request) throws IOException {
    EvidenceRecord record = record(request.pathParameter("id"));
    Principal principal = request.principal();
    if (!analyses.stop(record, principal == null ? "nobody" : principal.name())) {
      throw new ProblemException(
          404,
          "nothing to stop",
          "no heap snapshot of evidence " + record.id() + " is being examined at this collector");
    }
    return Response.empty(204);
  }

  private static boolean isStarted(@Nullable String start) {
    if (start != null && !start.equals("true") && !start.equals("false")) {
      throw new ProblemException(400, "bad parameter", "start is true or false");
    }
    return !"false".equals(start);
  }

  /** One of the two. */
  private record Side(Id evidence, String source, Instant sealedAt, long bytes) {}

  /**
   * The response.
   *
   * @param before the one that was sealed earlier; null if there is nothing to compare
   * @param problem why there is not
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record GrowthView(
      @Nullable Side before,
      @Nullable Side after,
      boolean sameAgent,
      List<Growth.Row> classes,
      int differ,
      int same,
      boolean complete,
      @Nullable String problem) {
    static GrowthView none(String problem) {
      return new GrowthView(null, null, false, List.of(), 0, 0, false, problem);
    }
  }

  private Response growth(Request request, SeenEvidence seen, ExportLog exports)
      throws IOException {
    EvidenceRecord one = record(request.pathParameter("id"));
    Scope scope = request.scope(Role.VIEWER);
    String since = request.query("since");
    EvidenceRecord other = since == null ? null : named(since, scope, seen);
    if (other != null && one.id().equals(other.id())) {
      throw new ProblemException(400, "bad parameter", "since names the same evidence");
    }
    String problem = growth.whyNone(one);
    if (problem == null && other == null) {
      other = earlier.before(one, scope, growth::hasFigures);
    }
    if (problem == null) {
      problem =
          other == null
              ? "no evidence of this JVM before it has a histogram or an examined heap"
              : growth.whyNone(other);
    }
    if (problem != null || other == null) {
      exports.opened(request.principal(), List.of(one.id()));
      return Response.json(200, GrowthView.none(problem == null ? "nothing to compare" : problem));
    }
    boolean inOrder = other.sealedAt().isBefore(one.sealedAt());
    EvidenceRecord before = inOrder ? other : one;
    EvidenceRecord after = inOrder ? one : other;
    Growth.Result result = growth.between(before, after);
    exports.opened(request.principal(), List.of(before.id(), after.id()));
    return Response.json(
        200,
        new GrowthView(
            new Side(before.id(), result.sourceBefore(), before.sealedAt(), result.bytesBefore()),
            new Side(after.id(), result.source(), after.sealedAt(), result.bytes()),
            before.agent().equals(after.agent()),
            result.classes(),
            result.differ(),
            result.same(),
            result.complete(),
            null));
  }

  private EvidenceRecord named(String id, Scope scope, SeenEvidence seen) throws IOException {
    if (!Id.isId(id) || !seen.sees(scope, new Id(id))) {
      throw noSuchEvidence();
    }
    return record(id);
  }

  private EvidenceRecord record(@Nullable String id) throws IOException {
    EvidenceRecord record = id != null && Id.isId(id) ? store.record(new Id(id)) : null;
    if (record == null) {
      throw noSuchEvidence();
    }
    return record;
  }

  private static ProblemException noSuchEvidence() {
    return new ProblemException(404, "no such evidence", "list it with GET /api/v1/evidence");
  }

  /** Ends what is being read; it is read again when somebody asks. */
  @Override
  public void close() {
    analyses.close();
  }
}
