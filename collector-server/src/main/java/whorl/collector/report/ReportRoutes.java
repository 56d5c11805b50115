package whorl.collector.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.Reports;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.findings.Report;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.verify.ImportedHistory;
import whorl.collector.custody.verify.Verification;
import whorl.collector.custody.verify.VerificationReport;
import whorl.collector.export.ExportLog;
import whorl.collector.export.MarkedRows;
import whorl.collector.export.TimelineReadiness;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.limit.Rates;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.RowChoice;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.Where;
import whorl.collector.timeline.index.NotIndexedException;
import whorl.collector.timeline.index.TimelineIndex;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Id;

/** {@code /api/v1/evidence/{id}/report}: one piece of evidence as a document to hand on. */
public final class ReportRoutes {
  /** More than this is not read for a report, which a person waits for. */
  private static final long VERIFIED_MAX_BYTES = 1L << 30;

  /** Limits the reports of a caller, because a report reads all artifacts. */
  private static final int REPORTS_A_MINUTE = 30;

  private static final int ROW_CHARS = 300;

  private final EvidenceStore store;
  private final Timeline timeline;
  private final TimelineIndex index;
  private final TimelineReadiness timelineReadiness;
  private final Reports reports;
  private final CustodyLog custody;
  private final Verification verification;
  private final ExportLog exports;
  private final InstantSource clock;
  private final MarkedRows marks;
  private final Opened opened;
  private final Rates written =
      new Rates(REPORTS_A_MINUTE, Duration.ofMinutes(1), System::nanoTime);

  /** Knows what came of the verification of evidence that a person opened on this machine. */
  @FunctionalInterface
  public interface Opened {
    /** Null for all other evidence. */
    @Nullable VerificationReport verification(Id evidence);
  }

  /**
   * @param marks what people have marked on rows
   * @param opened goes before a verification here, because it may have been with further keys
   */
  public ReportRoutes(
      EvidenceStore store,
      Timeline timeline,
      TimelineIndex index,
      Reports reports,
      CustodyLog custody,
      Verification verification,
      ExportLog exports,
      InstantSource clock,
      MarkedRows marks,
      Opened opened) {
    this.marks = marks;
    this.opened = opened;
    this.store = store;
    this.timeline = timeline;
    this.index = index;
    this.timelineReadiness = new TimelineReadiness(index);
    this.reports = reports;
    this.custody = custody;
    this.verification = verification;
    this.exports = exports;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        Route.of("GET", "/api/v1/evidence/{id}/report", Role.VIEWER, this::report)
            .scoped(Scoped.EVIDENCE));
  }

  private Response report(Request request) throws IOException {
    String word = request.query("format");
    ReportFormat format = ReportFormat.of(word);
    if (format == null) {
      throw new ProblemException(400, "bad parameter", "format is one of html, markdown");
    }
    Principal caller = request.principal();
    if (!written.take(caller == null ? "" : caller.quotaOwner(), 1)) {
      throw new ProblemException(
          429,
          "too many reports",
          "you may ask for " + REPORTS_A_MINUTE + " reports in a minute",
          Map.of("Retry-After", "60"));
    }
    String id = request.pathParameter("id");
    EvidenceRecord record = Id.isId(id) ? store.record(new Id(id)) : null;
    if (record == null) {
      throw noSuchEvidence();
    }
    timelineReadiness.require(List.of(record.id()));
    Report findings;
    Map<Long, String> rows;
    List<Long> numbers;
    List<Row> marked;
    try {
      findings = reports.of(request.scope(Role.VIEWER), record.id());
      if (findings == null) {
        throw noSuchEvidence(); // purged meanwhile
      }
      rows = rows(record.id(), findings);
      MarkedRows.Placed placed = marks.of(record.id());
      numbers = placed.rows(false, Set.of());
      marked = marked(record.id(), placed, numbers);
    } catch (NotIndexedException e) {
      throw TimelineReadiness.notReady(e.evidence(), e.status());
    }
    exports.taken(
        request.principal(),
        record.id(),
        "report as " + (format == ReportFormat.HTML ? "html" : "markdown"));
    Instant now = clock.instant();
    List<CustodyEntry> entries = custody.entries(record.id());
    EvidenceReport report =
        new EvidenceReport(
            record,
            index.status(record.id()),
            findings,
            rows,
            marked,
            numbers.size(),
            entries,
            ImportedHistory.of(store, record, entries),
            verification(record),
            ExportLog.actor(request.principal()),
            now);
    return response(record, format, ReportBody.write(report, format.document()));
  }

  private @Nullable VerificationReport verification(EvidenceRecord record) throws IOException {
    VerificationReport before = opened.verification(record.id());
    if (before != null) {
      return before;
    }
    return record.totalBytes() > VERIFIED_MAX_BYTES ? null : verification.verify(record.id());
  }

  /** The texts of the rows that the report shows, read in one pass. */
  private Map<Long, String> rows(Id evidence, Report findings) throws IOException {
    Set<Long> wanted = new HashSet<>();
    for (Finding finding : findings.findings()) {
      finding.rows().stream()
          .limit(ReportBody.ROWS_OF_FINDING)
          .map(ReportBody::number)
          .filter(number -> number >= 0)
          .forEach(wanted::add);
    }
    Map<Long, String> texts = new HashMap<>();
    if (wanted.isEmpty()) {
      return texts;
    }
    long first = wanted.stream().mapToLong(Long::longValue).min().orElse(0);
    long last = wanted.stream().mapToLong(Long::longValue).max().orElse(0);
    TimelineQuery query =
        TimelineQuery.of(evidence)
            .where(Column.ROW, Where.Op.GT, Long.toString(first - 1))
            .where(Column.ROW, Where.Op.LT, Long.toString(last + 1));
    timeline.each(
        query,
        EnumSet.of(Column.ACTION, Column.MESSAGE),
        row -> {
          if (wanted.contains(row.number())) {
            String message = row.text(Column.MESSAGE);
            texts.put(
                row.number(),
                Phrases.at(row.time())
                    + " "
                    + row.action()
                    + (message == null ? "" : ": " + Phrases.cut(message, ROW_CHARS)));
          }
        });
    return texts;
  }

  private List<Row> marked(Id evidence, MarkedRows.Placed placed, List<Long> numbers)
      throws IOException {
    List<Row> rows = new ArrayList<>();
    List<Long> shown = numbers.subList(0, Math.min(numbers.size(), ReportBody.MARKED_ROWS));
    if (!shown.isEmpty()) {
      timeline.each(
          TimelineQuery.of(evidence)
              .only(new RowChoice(RowChoice.By.NUMBER, Map.of(evidence, shown))),
          EnumSet.of(Column.ACTION, Column.MESSAGE),
          row -> rows.add(row.with(placed.at(row.number()))));
    }
    return rows;
  }

  /**
   * The browser shows it, without scripts and as a page of no origin: text of evidence that came to
   * be markup could do nothing.
   */
  private static Response response(EvidenceRecord record, ReportFormat format, String text) {
    return new Response(
        200,
        Map.of(
            "Content-Type",
            format.mediaType(),
            "Content-Security-Policy",
            HtmlDocument.POLICY + "; frame-ancestors 'none'; sandbox",
            "X-Content-Type-Options",
            "nosniff",
            "Referrer-Policy",
            "no-referrer",
            "Cache-Control",
            "no-store",
            "Content-Disposition",
            "inline; filename=\"whorl-report-" + record.id() + "." + format.fileEnding() + "\""),
        new Response.Body.Bytes(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static ProblemException noSuchEvidence() {
    return new ProblemException(404, "no such evidence", "list it with GET /api/v1/evidence");
  }
}
