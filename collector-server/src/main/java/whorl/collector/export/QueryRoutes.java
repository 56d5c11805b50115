package whorl.collector.export;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.export.formats.ResultFormat;
import whorl.collector.http.request.JsonBody;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.limit.Places;
import whorl.collector.sql.SqlAnswer;
import whorl.collector.sql.SqlLimits;
import whorl.collector.sql.SqlPiece;
import whorl.collector.sql.SqlQueries;
import whorl.collector.sql.SqlResult;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.records.Catalog;
import whorl.collector.timeline.index.TimelineIndex;
import whorl.collector.timeline.query.DuckTimeline;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Text;

/** {@code POST /api/v1/query}: SQL over the timelines of some evidence. */
public final class QueryRoutes {
  private static final int BODY_MAX_BYTES = 512 << 10;

  private final SqlQueries queries;
  private final QueryEvidence evidence;
  private final ExportLog exports;

  /** The people whose queries run here: one person must not hold every place. */
  private final Places asking = new Places(1);

  public QueryRoutes(
      SqlQueries queries,
      EvidenceStore store,
      Catalog catalog,
      CaseEvidence cases,
      SeenEvidence seen,
      TimelineIndex index,
      DuckTimeline.Indexed timelines,
      ExportLog exports) {
    this.queries = queries;
    this.evidence = new QueryEvidence(store, catalog, cases, seen, index, timelines);
    this.exports = exports;
  }

  public List<Route> routes() {
    return List.of(
        Route.of("POST", "/api/v1/query", Role.VIEWER, this::query).scoped(Scoped.LISTED));
  }

  /**
   * The request's body: exactly one of {@code evidence}, {@code case} and {@code since}.
   *
   * @param since with {@code until} and {@code service}: evidence that was sealed in this time
   * @param format a word of {@link ResultFormat}; json if absent
   */
  record Question(
      @Nullable String sql,
      @Nullable List<String> evidence,
      @JsonProperty("case") @Nullable String aCase,
      @Nullable String since,
      @Nullable String until,
      @Nullable String service,
      @Nullable String format,
      @Nullable Integer limit) {}

  private Response query(Request request) throws IOException {
    Question question = question(request);
    if (question.sql() == null) {
      throw malformed("sql is missing");
    }
    ResultFormat format = ResultFormat.of(question.format() == null ? "json" : question.format());
    if (format == null) {
      throw malformed("format is one of " + ResultFormat.words());
    }
    Principal caller = request.principal();
    String owner = caller == null ? "nobody" : caller.quotaOwner();
    if (!asking.enter(owner)) {
      throw new ProblemException(
          429,
          "too many queries",
          "you have a query running; wait for its answer",
          Map.of("Retry-After", "5"));
    }
    try {
      return answered(request, question, question.sql(), format);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a query ran", e);
    } finally {
      asking.leave(owner);
    }
  }

  private Response answered(Request request, Question question, String sql, ResultFormat format)
      throws IOException, InterruptedException {
    List<SqlPiece> pieces = evidence.pieces(request.scope(Role.VIEWER), ids(request, question));
    SqlAnswer answer;
    try {
      // before a row leaves, as for every export
      for (SqlPiece piece : pieces) {
        if (piece.rows() != null) {
          exports.taken(request.principal(), piece.id(), "rows by SQL");
        }
      }
      answer = queries.ask(sql, pieces, limits(question.limit()));
    } finally {
      pieces.forEach(SqlPiece::release); // it has read copies
    }
    if (answer instanceof SqlAnswer.Refused refused) {
      throw new ProblemException(400, "query refused", refused.problem());
    }
    if (answer instanceof SqlAnswer.TooExpensive tooExpensive) {
      throw new ProblemException(422, "query too expensive", tooExpensive.problem());
    }
    if (answer instanceof SqlAnswer.Busy busy) {
      throw new ProblemException(503, "too busy", busy.problem(), Map.of("Retry-After", "5"));
    }
    List<String> leftOut =
        pieces.stream()
            .filter(piece -> piece.rows() == null)
            .map(piece -> piece.id().value())
            .toList();
    SqlResult result = ((SqlAnswer.Found) answer).result();
    return new Response(
        200,
        Map.of("Content-Type", format.mediaType()),
        new Response.Body.Streamed(
            out -> {
              try (result) {
                format.write(result, leftOut, out);
              }
            }));
  }

  private List<Id> ids(Request request, Question question) throws IOException {
    int given =
        (question.evidence() == null ? 0 : 1)
            + (question.aCase() == null ? 0 : 1)
            + (question.since() == null ? 0 : 1);
    if (given != 1) {
      throw malformed("give either evidence, case or since");
    }
    if (question.since() == null && (question.until() != null || question.service() != null)) {
      throw malformed("until and service belong to since");
    }
    if (question.evidence() != null) {
      List<Id> ids = question.evidence().stream().map(each -> id("evidence", each)).toList();
      return QueryEvidence.limited(ids.stream().distinct().toList());
    }
    if (question.aCase() != null) {
      return evidence.ofCase(request, id("case", question.aCase()));
    }
    Instant since = time("since", String.valueOf(question.since()));
    return evidence.sealed(
        request.scope(Role.VIEWER),
        since,
        question.until() == null ? null : time("until", question.until()),
        question.service());
  }

  private static SqlLimits limits(@Nullable Integer limit) {
    if (limit == null) {
      return SqlLimits.STANDARD;
    }
    if (limit < 1 || limit > SqlLimits.ROWS_MAX) {
      throw malformed("limit is a number from 1 to " + SqlLimits.ROWS_MAX);
    }
    return SqlLimits.STANDARD.rows(limit);
  }

  private static Id id(String name, String text) {
    if (!Id.isId(text)) {
      throw malformed(name + " has no id in it: " + Text.shortened(text));
    }
    return new Id(text);
  }

  private static Instant time(String name, String text) {
    try {
      Instant time = OffsetDateTime.parse(text).toInstant();
      long unused = time.toEpochMilli(); // by which evidence is listed
      return time;
    } catch (DateTimeException | ArithmeticException e) {
      throw malformed(name + " is a time of RFC 3339, such as 2026-11-25T09:30:00Z");
    }
  }

  private static Question question(Request request) throws IOException {
    byte[] body = JsonBody.bytes(request, BODY_MAX_BYTES);
    Question question;
    try {
      question = Json.MAPPER.readValue(body, Question.class);
    } catch (UnrecognizedPropertyException unknown) {
      throw malformed("unknown field " + Text.shortened(unknown.getPropertyName()));
    } catch (IOException e) {
      throw malformed("the body is not the JSON object that this request takes; see /openapi.yaml");
    }
    if (question == null) {
      throw malformed("the body is null; send a JSON object");
    }
    return question;
  }

  private static ProblemException malformed(String detail) {
    return new ProblemException(400, "malformed query", detail);
  }
}
