package whorl.collector.export;

import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import whorl.collector.custody.CustodyLog;
import whorl.collector.http.ProblemException;
import whorl.collector.http.Request;
import whorl.collector.http.Response;
import whorl.collector.http.Role;
import whorl.collector.http.Route;
import whorl.collector.store.EvidenceRecord;
import whorl.collector.store.EvidenceStore;
import whorl.collector.timeline.NotIndexedException;
import whorl.collector.timeline.TimelineIndex;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** {@code /api/v1/evidence/{id}/findings}: what analyses make of the timeline. */
public final class FindingRoutes {
  private static final String STIX = "application/stix+json;version=2.1";

  private final EvidenceStore store;
  private final Readiness readiness;
  private final Findings findings;
  private final ExportLog exports;

  public FindingRoutes(
      EvidenceStore store,
      TimelineIndex index,
      Findings findings,
      CustodyLog custody,
      InstantSource clock) {
    this.store = store;
    this.readiness = new Readiness(index);
    this.findings = findings;
    this.exports = new ExportLog(custody, clock);
  }

  /** Whoever analyses; what it answers with is written as JSON. */
  public interface Findings {
    /** Summary, findings, chain and scope. */
    Object report(Id evidence) throws IOException;

    /** A STIX 2.1 bundle of the report. */
    Object stix(Id evidence) throws IOException;
  }

  public List<Route> routes() {
    return List.of(Route.of("GET", "/api/v1/evidence/{id}/findings", Role.VIEWER, this::findings));
  }

  private Response findings(Request request) throws IOException {
    String id = request.pathParameter("id");
    EvidenceRecord record = Id.isId(id) ? store.record(new Id(id)) : null;
    if (record == null) {
      throw new ProblemException(404, "no such evidence", "list it with GET /api/v1/evidence");
    }
    String format = new Parameters(request).oneOf("format", "json", "json", "stix");
    readiness.require(List.of(record.id()));
    try {
      return format.equals("json")
          ? Response.json(200, findings.report(record.id()))
          : stix(request, record);
    } catch (NotIndexedException e) {
      throw Readiness.notReady(e.evidence(), e.status());
    }
  }

  private Response stix(Request request, EvidenceRecord record) throws IOException {
    byte[] bundle = Json.bytes(findings.stix(record.id()));
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
}
