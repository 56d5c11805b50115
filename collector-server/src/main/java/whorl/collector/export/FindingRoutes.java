package whorl.collector.export;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.store.access.Scope;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.timeline.index.NotIndexedException;
import whorl.collector.timeline.index.TimelineIndex;
import whorl.evidence.Id;

/** {@code /api/v1/evidence/{id}/findings}: the results of the analyses. */
public final class FindingRoutes {
  private static final String STIX = "application/stix+json;version=2.1";

  private final EvidenceStore store;
  private final TimelineReadiness timelineReadiness;
  private final Findings findings;
  private final ExportLog exports;

  public FindingRoutes(
      EvidenceStore store, TimelineIndex index, Findings findings, ExportLog exports) {
    this.store = store;
    this.timelineReadiness = new TimelineReadiness(index);
    this.findings = findings;
    this.exports = exports;
  }

  /**
   * The analyses' results.
   *
   * @param report summary, findings, chain and scope, to be serialized as JSON
   * @param stix the same as a STIX 2.1 bundle
   */
  public record Findings(Query<Object> report, Query<byte[]> stix) {}

  /** A query for one piece of evidence. */
  @FunctionalInterface
  public interface Query<T> {
    /**
     * Null if there is no such evidence.
     *
     * @param reader what the reader may see of other JVMs
     */
    @Nullable T of(Scope reader, Id evidence) throws IOException;
  }

  public List<Route> routes() {
    return List.of(
        Route.of("GET", "/api/v1/evidence/{id}/findings", Role.VIEWER, this::findings)
            .scoped(Scoped.EVIDENCE));
  }

  private Response findings(Request request) throws IOException {
    String id = request.pathParameter("id");
    EvidenceRecord record = Id.isId(id) ? store.record(new Id(id)) : null;
    if (record == null) {
      throw noSuchEvidence();
    }
    String format = new Parameters(request).oneOf("format", "json", "json", "stix");
    timelineReadiness.require(List.of(record.id()));
    try {
      return format.equals("json") ? report(request, record) : stix(request, record);
    } catch (NotIndexedException e) {
      throw TimelineReadiness.notReady(e.evidence(), e.status());
    }
  }

  private Response report(Request request, EvidenceRecord record) throws IOException {
    Object report = query(request, findings.report(), record);
    exports.opened(request.principal(), List.of(record.id()));
    return Response.json(200, report);
  }

  private Response stix(Request request, EvidenceRecord record) throws IOException {
    byte[] bundle = query(request, findings.stix(), record);
    exports.taken(request.principal(), record.id(), "findings as stix");
    return new Response(
        200,
        Map.of(
            "Content-Type",
            STIX,
            "Content-Disposition",
            FileNames.attachment(FileNames.of(record) + "-findings.stix.json")),
        new Response.Body.Bytes(bundle));
  }

  /** It may have been purged since the record was read. */
  private static <T> T query(Request request, Query<T> query, EvidenceRecord record)
      throws IOException {
    T answer = query.of(request.scope(Role.VIEWER), record.id());
    if (answer == null) {
      throw noSuchEvidence();
    }
    return answer;
  }

  private static ProblemException noSuchEvidence() {
    return new ProblemException(404, "no such evidence", "list it with GET /api/v1/evidence");
  }
}
