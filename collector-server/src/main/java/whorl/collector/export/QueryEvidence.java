package whorl.collector.export;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.sql.SqlPiece;
import whorl.collector.store.access.Scope;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.records.Catalog;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.index.TimelineIndex;
import whorl.collector.timeline.query.DuckTimeline;
import whorl.evidence.Id;

/** Finds the evidence that a query in SQL is about. */
final class QueryEvidence {
  private static final int EVIDENCE_MAX = 200;

  private final EvidenceStore store;
  private final Catalog catalog;
  private final CaseEvidence cases;
  private final SeenEvidence seen;
  private final TimelineIndex index;
  private final DuckTimeline.Indexed timelines;

  QueryEvidence(
      EvidenceStore store,
      Catalog catalog,
      CaseEvidence cases,
      SeenEvidence seen,
      TimelineIndex index,
      DuckTimeline.Indexed timelines) {
    this.store = store;
    this.catalog = catalog;
    this.cases = cases;
    this.seen = seen;
    this.index = index;
    this.timelines = timelines;
  }

  /**
   * The evidence of a case.
   *
   * @throws ProblemException if there is no such case
   */
  List<Id> ofCase(Request request, Id aCase) throws IOException {
    List<Id> evidence = cases.of(request, aCase, EVIDENCE_MAX + 1);
    if (evidence == null) {
      throw new ProblemException(
          404, "no such case", "no case " + aCase + "; GET /api/v1/cases lists them");
    }
    return limited(evidence);
  }

  /**
   * The evidence in the scope that was sealed in this time.
   *
   * @param since inclusive
   * @param until exclusive; null for now
   */
  List<Id> sealed(Scope scope, Instant since, @Nullable Instant until, @Nullable String service)
      throws IOException {
    List<Id> evidence = new ArrayList<>();
    // so that a short time long ago is not looked for in all that came after it
    String cursor = until == null ? null : Catalog.before(until);
    do {
      Catalog.Page page = catalog.page(scope, new Catalog.Filter(service, null, null), cursor, 500);
      for (Id id : page.evidence()) {
        Catalog.Summary row = catalog.summary(id);
        if (row != null && row.sealedAt().isBefore(since)) {
          return limited(evidence);
        }
        if (row != null && (until == null || row.sealedAt().isBefore(until))) {
          evidence.add(id);
        }
        if (evidence.size() > EVIDENCE_MAX) {
          return limited(evidence);
        }
      }
      cursor = page.next();
    } while (cursor != null);
    return limited(evidence);
  }

  static List<Id> limited(List<Id> evidence) {
    if (evidence.isEmpty()) {
      throw new ProblemException(404, "no evidence", "no evidence is in this case or time");
    }
    if (evidence.size() > EVIDENCE_MAX) {
      throw new ProblemException(
          409,
          "too much evidence",
          "a query is about "
              + EVIDENCE_MAX
              + " pieces at most; name a shorter time, or a service, or ask the lake"
              + " (docs/lake.md)");
    }
    return evidence;
  }

  /**
   * The evidence with its timelines. What can't have one has none.
   *
   * @param scope what the caller sees
   * @return each to be released
   * @throws ProblemException 409 if a timeline is not there yet
   */
  List<SqlPiece> pieces(Scope scope, List<Id> evidence) throws IOException {
    List<SqlPiece> pieces = new ArrayList<>();
    try {
      TimelineReadiness readiness = new TimelineReadiness(index);
      for (Id id : evidence) {
        pieces.add(piece(scope, id, readiness));
      }
      return pieces;
    } catch (IOException | RuntimeException e) {
      pieces.forEach(SqlPiece::release);
      throw e;
    }
  }

  private SqlPiece piece(Scope scope, Id id, TimelineReadiness readiness) throws IOException {
    EvidenceRecord record = seen.sees(scope, id) ? store.record(id) : null;
    IndexStatus status = record == null ? null : readiness.status(id);
    if (record == null || status == null) {
      throw new ProblemException(404, "no such evidence", id + " is not here");
    }
    return switch (status.state()) {
      case READY -> new SqlPiece(record, timelines.of(id));
      case FAILED -> new SqlPiece(record, null);
      case NONE, WAITING, RUNNING -> throw TimelineReadiness.notReady(id, status);
    };
  }
}
