package whorl.collector.performance;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.export.ExportLog;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.performance.rules.AutomatedAnalysis;
import whorl.collector.performance.series.RecordingSeries;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.ObjectStore;
import whorl.evidence.Id;

/**
 * Routes for what a recording says about the work of its JVM: series over time, and Mission
 * Control's automated analysis.
 */
public final class PerformanceRoutes implements AutoCloseable {
  private static final String EVIDENCE_PATH = "/api/v1/evidence/{id}";
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private final EvidenceStore store;
  private final Results<RecordingSeries> series;
  private final Results<AutomatedAnalysis> analyses;

  /**
   * @param objects where several collectors share results; null if they are in the data folder
   * @param confined with room for two JVMs at once
   */
  public PerformanceRoutes(
      EvidenceStore store, DataFolder folder, @Nullable ObjectStore objects, ConfinedJvm confined) {
    this.store = store;
    ResultStore kept = ResultStore.of(folder, objects);
    this.series = new Results<>(store, kept, new SeriesMaker(confined), PATIENCE);
    this.analyses = new Results<>(store, kept, new RulesMaker(confined), PATIENCE);
  }

  /**
   * @param exports records who reads them
   */
  public List<Route> routes(ExportLog exports) {
    return List.of(
        Route.of(
                "GET",
                EVIDENCE_PATH + "/series",
                Role.VIEWER,
                request -> answer(request, series, exports))
            .scoped(Scoped.EVIDENCE),
        Route.of(
                "GET",
                EVIDENCE_PATH + "/performance",
                Role.VIEWER,
                request -> answer(request, analyses, exports))
            .scoped(Scoped.EVIDENCE));
  }

  private Response answer(Request request, Results<?> results, ExportLog exports)
      throws IOException {
    String id = request.pathParameter("id");
    EvidenceRecord record = Id.isId(id) ? store.record(new Id(id)) : null;
    if (record == null) {
      throw new ProblemException(404, "no such evidence", "list it with GET /api/v1/evidence");
    }
    Object found = results.of(record);
    exports.opened(request.principal(), List.of(record.id()));
    return Response.json(200, found);
  }

  /** Ends what is being read; it is read again when somebody asks. */
  @Override
  public void close() {
    series.close();
    analyses.close();
  }
}
