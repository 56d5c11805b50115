package whorl.collector.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.export.formats.TimelineFormat;
import whorl.collector.export.formats.WellFormed;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.index.NotIndexedException;
import whorl.collector.timeline.index.TimelineIndex;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Routes under {@code /api/v1/evidence/{id}/timeline}, and {@code /api/v1/timeline} for several.
 */
public final class TimelineRoutes {
  private static final String EVIDENCE_PATH = "/api/v1/evidence/{id}";
  private static final String TIMELINE_PATH = "/api/v1/timeline";
  private static final int EVIDENCE_MAX = 50;

  /** Marked rows are few, so they are taken from more pieces of a case. */
  private static final int MARKED_EVIDENCE_MAX = TimelineQuery.EVIDENCE_MAX;

  /** The most that a case can have. */
  private static final int CASE_EVIDENCE_MAX = 10_000;

  private static final int BUCKETS_DEFAULT = 200;
  private static final int BUCKETS_MAX = 2_000;

  private final EvidenceStore store;
  private final Timeline timeline;
  private final CaseEvidence cases;
  private final SeenEvidence seen;
  private final TimelineReadiness timelineReadiness;
  private final TimelineQuestion question;
  private final TimelineDownload downloads;
  private final ExportLog exports;
  private final MarkedRows marks;

  /**
   * @param marks what people have marked on rows
   */
  public TimelineRoutes(
      EvidenceStore store,
      Timeline timeline,
      TimelineIndex index,
      CaseEvidence cases,
      SeenEvidence seen,
      ExportLog exports,
      MarkedRows marks) {
    this.store = store;
    this.timeline = timeline;
    this.cases = cases;
    this.seen = seen;
    this.timelineReadiness = new TimelineReadiness(index);
    this.question = new TimelineQuestion(timeline, marks);
    this.downloads = new TimelineDownload(timeline, marks);
    this.exports = exports;
    this.marks = marks;
  }

  public List<Route> routes() {
    return List.of(
        Route.of("GET", EVIDENCE_PATH + "/index", Role.VIEWER, this::index).scoped(Scoped.EVIDENCE),
        Route.of("GET", EVIDENCE_PATH + "/timeline", Role.VIEWER, this::rows)
            .scoped(Scoped.EVIDENCE),
        aggregation(EVIDENCE_PATH + "/timeline/histogram", this::fromPath, this::histogram)
            .scoped(Scoped.EVIDENCE),
        aggregation(EVIDENCE_PATH + "/timeline/types", this::fromPath, this::types)
            .scoped(Scoped.EVIDENCE),
        aggregation(EVIDENCE_PATH + "/timeline/flame", this::fromPath, this::flame)
            .scoped(Scoped.EVIDENCE),
        Route.of("GET", TIMELINE_PATH, Role.VIEWER, this::caseOrList).scoped(Scoped.LISTED),
        aggregation(TIMELINE_PATH + "/histogram", this::fromQuery, this::histogram)
            .scoped(Scoped.LISTED),
        aggregation(TIMELINE_PATH + "/types", this::fromQuery, this::types).scoped(Scoped.LISTED));
  }

  private Response index(Request request) throws IOException {
    return Response.json(200, timelineReadiness.status(record(request).id()));
  }

  private Response rows(Request request) throws IOException {
    EvidenceRecord record = record(request);
    return rows(request, List.of(record), FileNames.of(record));
  }

  private Response caseOrList(Request request) throws IOException {
    List<EvidenceRecord> records = fromQuery(request);
    Id aCase = new Parameters(request).id("case");
    EvidenceRecord last = records.get(records.size() - 1);
    return rows(request, records, aCase == null ? FileNames.of(last) : "case-" + aCase);
  }

  private List<EvidenceRecord> fromPath(Request request) throws IOException {
    return List.of(record(request));
  }

  /** The records named by {@code evidence}, or those of {@code case}. */
  private List<EvidenceRecord> fromQuery(Request request) throws IOException {
    Parameters parameters = new Parameters(request);
    Id aCase = parameters.id("case");
    if ((aCase == null) != parameters.has("evidence")) {
      throw new ProblemException(400, "bad parameter", "give either evidence=ID,ID or case=ID");
    }
    List<EvidenceRecord> records = new ArrayList<>();
    for (Id id : evidence(request, parameters, aCase)) {
      records.add(seen.sees(request.scope(Role.VIEWER), id) ? record(id) : notFound());
    }
    return records;
  }

  private List<Id> evidence(Request request, Parameters parameters, @Nullable Id aCase)
      throws IOException {
    if (aCase == null) {
      return listedEvidence(parameters);
    }
    return TimelineQuestion.isOfMarks(parameters)
        ? markedEvidence(request, aCase)
        : bounded(aCase, evidenceOfCase(request, aCase, EVIDENCE_MAX + 1), EVIDENCE_MAX, "");
  }

  /** Those pieces of the case that have marks; any one if none has, so that no row is found. */
  private List<Id> markedEvidence(Request request, Id aCase) throws IOException {
    List<Id> all = evidenceOfCase(request, aCase, CASE_EVIDENCE_MAX);
    List<Id> marked = marks.marked(all);
    return bounded(
        aCase,
        marked.isEmpty() && !all.isEmpty() ? all.subList(0, 1) : marked,
        MARKED_EVIDENCE_MAX,
        " with marks");
  }

  private static List<Id> listedEvidence(Parameters parameters) {
    return parameters.list("evidence", EVIDENCE_MAX).stream()
        .map(id -> Parameters.id("evidence", id))
        .distinct()
        .toList();
  }

  private List<Id> evidenceOfCase(Request request, Id aCase, int limit) throws IOException {
    List<Id> evidence = cases.of(request, aCase, limit);
    if (evidence == null) {
      throw new ProblemException(
          404, "no such case", "no case " + aCase + "; GET /api/v1/cases lists them");
    }
    return evidence;
  }

  /**
   * @param what says which pieces of the case these are
   */
  private static List<Id> bounded(Id aCase, List<Id> evidence, int max, String what) {
    if (evidence.isEmpty() || evidence.size() > max) {
      throw new ProblemException(
          409,
          "no timeline of this case",
          "case "
              + aCase
              + (evidence.isEmpty() ? " has no" : " has too many")
              + " pieces of evidence"
              + what
              + "; a timeline is of 1 to "
              + max
              + (evidence.isEmpty() ? "" : ", so name some with evidence="));
    }
    return evidence;
  }

  private Response rows(Request request, List<EvidenceRecord> records, String name)
      throws IOException {
    Parameters parameters = new Parameters(request);
    TimelineFormat format = format(parameters);
    List<Id> evidence = records.stream().map(EvidenceRecord::id).toList();
    timelineReadiness.require(evidence);
    return answer(
        () -> {
          TimelineQuery query = question.of(parameters, evidence);
          if (format == TimelineFormat.JSON) {
            exports.opened(request.principal(), evidence);
            return page(question.page(parameters, query));
          }
          Integer limit = limit(parameters, format);
          long leftOut = downloads.leftOut(query);
          for (Id id : evidence) {
            exports.taken(
                request.principal(),
                id,
                TimelineDownload.kind(format, leftOut),
                TimelineDownload.words(format, leftOut));
          }
          return downloads
              .of(query, format, limit, name)
              .with(TimelineDownload.LEFT_OUT, Long.toString(leftOut));
        });
  }

  private static TimelineFormat format(Parameters parameters) {
    String word = parameters.text("format", 100);
    TimelineFormat format = word == null ? TimelineFormat.JSON : TimelineFormat.of(word);
    if (format == null) {
      throw Parameters.badParameter("format", String.valueOf(word), TimelineFormat.words());
    }
    return format;
  }

  private static @Nullable Integer limit(Parameters parameters, TimelineFormat format) {
    if (parameters.has("cursor")) {
      throw new ProblemException(
          400, "bad parameter", "cursor is for format=json; other formats give all rows at once");
    }
    Integer limit = parameters.number("limit", 1, Integer.MAX_VALUE);
    if (limit != null && format == TimelineFormat.PARQUET) {
      throw new ProblemException(
          400, "bad parameter", "limit is not for format=parquet, which has all rows that match");
    }
    return limit;
  }

  private Response page(TimelineQuery query) throws IOException {
    Timeline.Page page;
    try {
      page = timeline.page(query);
    } catch (IllegalArgumentException e) {
      if (query.cursor() == null) {
        throw e;
      }
      throw Parameters.badParameter(
          "cursor",
          query.cursor(),
          "the next of this query's previous page; leave it out to start again");
    }
    List<Row> rows = new RowMarking(marks).of(page.rows());
    Map<String, Object> status = new LinkedHashMap<>();
    if (query.evidence().size() == 1) {
      status.put("index", timelineReadiness.status(query.evidence().get(0)));
    } else {
      Map<String, Object> each = new LinkedHashMap<>();
      query.evidence().forEach(id -> each.put(id.value(), timelineReadiness.status(id)));
      status.put("indexes", each);
    }
    return new Response(
        200,
        Map.of("Content-Type", TimelineFormat.JSON.mediaType()),
        new Response.Body.Streamed(out -> write(rows, page.next(), status, out)));
  }

  /** Writes row by row, because a page with stacks may be large. */
  private static void write(
      List<Row> rows, @Nullable String next, Map<String, Object> status, OutputStream out)
      throws IOException {
    out.write(ascii("{\"rows\":["));
    boolean first = true;
    for (Row row : rows) {
      out.write(ascii(first ? "" : ","));
      out.write(Json.bytes(WellFormed.values(row.flat())));
      first = false;
    }
    out.write(ascii("]"));
    if (next != null) {
      out.write(ascii(",\"next\":"));
      out.write(Json.bytes(next));
    }
    for (Map.Entry<String, Object> entry : status.entrySet()) {
      out.write(ascii(",\"" + entry.getKey() + "\":"));
      out.write(Json.bytes(entry.getValue()));
    }
    out.write(ascii("}"));
  }

  /** A result computed from all matching rows. */
  private interface Aggregation {
    Object of(TimelineQuery query, Parameters parameters) throws IOException;
  }

  private Object histogram(TimelineQuery query, Parameters parameters) throws IOException {
    Integer buckets = parameters.number("buckets", 1, BUCKETS_MAX);
    return timeline.histogram(query, buckets == null ? BUCKETS_DEFAULT : buckets);
  }

  private Object types(TimelineQuery query, Parameters parameters) throws IOException {
    return Map.of("types", timeline.types(query));
  }

  private Object flame(TimelineQuery query, Parameters parameters) throws IOException {
    String weight = parameters.oneOf("weight", "samples", "samples", "bytes", "time");
    FlameGraph graph =
        new FlameGraph(
            FlameGraph.Weight.valueOf(weight.toUpperCase(Locale.ROOT)), parameters.flag("own"));
    timeline.each(query.withStacks(true), graph);
    return graph.tree();
  }

  /** Selects the evidence of a request. */
  private interface Selection {
    List<EvidenceRecord> of(Request request) throws IOException;
  }

  private Route aggregation(String path, Selection selection, Aggregation aggregation) {
    return Route.of(
        "GET", path, Role.VIEWER, request -> aggregate(request, selection, aggregation));
  }

  private Response aggregate(Request request, Selection selection, Aggregation aggregation)
      throws IOException {
    List<Id> evidence = selection.of(request).stream().map(EvidenceRecord::id).toList();
    timelineReadiness.require(evidence);
    Parameters parameters = new Parameters(request);
    return answer(
        () -> {
          Object found = aggregation.of(question.of(parameters, evidence), parameters);
          exports.opened(request.principal(), evidence);
          return Response.json(200, found);
        });
  }

  private interface Answer {
    Response get() throws IOException;
  }

  private static Response answer(Answer answer) throws IOException {
    try {
      return answer.get();
    } catch (NotIndexedException e) {
      throw TimelineReadiness.notReady(e.evidence(), e.status());
    } catch (IllegalArgumentException e) {
      throw new ProblemException(400, "bad parameter", String.valueOf(e.getMessage()));
    }
  }

  private EvidenceRecord record(Request request) throws IOException {
    String id = request.pathParameter("id");
    return Id.isId(id) ? record(new Id(id)) : notFound();
  }

  private EvidenceRecord record(Id id) throws IOException {
    EvidenceRecord record = store.record(id);
    return record == null ? notFound() : record;
  }

  private static EvidenceRecord notFound() {
    throw new ProblemException(404, "no such evidence", "list it with GET /api/v1/evidence");
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
