package whorl.collector.marks;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.export.TimelineReadiness;
import whorl.collector.http.request.JsonBody;
import whorl.collector.http.request.Paging;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.limit.Rates;
import whorl.collector.store.marks.MarkLedger;
import whorl.collector.store.marks.RowMark;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.timeline.index.NotIndexedException;
import whorl.evidence.Id;
import whorl.evidence.Text;

/**
 * {@code /api/v1/evidence/{id}/marks} and {@code …/rows/{row}/mark}: stars, tags and notes on rows.
 */
public final class MarkRoutes {
  private static final String PATH = "/api/v1/evidence/{id}";

  /** Each change is in custody for ever. */
  private static final int CHANGES_A_MINUTE = 300;

  private final Marks marks;
  private final EvidenceStore store;
  private final TimelineReadiness readiness;
  private final Rates changes =
      new Rates(CHANGES_A_MINUTE, Duration.ofMinutes(1), System::nanoTime);

  public MarkRoutes(Marks marks, EvidenceStore store, TimelineReadiness readiness) {
    this.marks = marks;
    this.store = store;
    this.readiness = readiness;
  }

  /**
   * The body of a {@code PUT}: the caller's whole mark on the row.
   *
   * @param version the version that the caller has seen, 0 for none; absent if it does not matter
   */
  record Body(
      @Nullable Boolean star,
      @Nullable List<@Nullable String> tags,
      @Nullable String note,
      @Nullable Long version) {}

  /**
   * A mark in the API.
   *
   * @param row its {@code jvm.row}; null if the timeline does not have the row any more
   * @param mine true if the caller wrote it
   */
  record View(
      @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Long row,
      Instant time,
      String type,
      String message,
      boolean star,
      List<String> tags,
      @Nullable String note,
      String by,
      boolean mine,
      long version,
      Instant at,
      Instant changedAt) {
    static View of(RowMark mark, @Nullable Long row, String caller) {
      return new View(
          row,
          mark.row().time(),
          mark.row().type(),
          mark.row().message(),
          mark.content().star(),
          mark.content().tags(),
          mark.content().note(),
          mark.by(),
          mark.by().equals(caller),
          mark.version(),
          mark.at(),
          mark.changedAt());
    }
  }

  public List<Route> routes() {
    String mark = PATH + "/rows/{row}/mark";
    return List.of(
        Route.of("GET", PATH + "/marks", Role.VIEWER, this::list).scoped(Scoped.EVIDENCE),
        Route.of("PUT", mark, Role.RESPONDER, this::put).scoped(Scoped.EVIDENCE),
        Route.of("DELETE", mark, Role.RESPONDER, this::remove).scoped(Scoped.EVIDENCE));
  }

  private Response list(Request request) throws IOException {
    Id evidence = evidence(request);
    String wanted = request.query("row");
    Long row = wanted == null ? null : number(wanted);
    if (wanted != null && row == null) {
      throw new ProblemException(400, "bad parameter", "row must be a row's number");
    }
    Paging paging = Paging.of(request);
    List<RowMark.Key> keys = marks.ledger().keys(evidence);
    PlacedMarks placed = placed(evidence);
    List<Long> seqs =
        keys.stream()
            .map(RowMark.Key::seq)
            .filter(seq -> row == null || row.equals(placed.rowOf(seq)))
            .toList();
    Long position = paging.position();
    int from = position == null ? 0 : (int) Math.max(0, Math.min(position, seqs.size()));
    int to = Math.min(seqs.size(), from + paging.limit());
    Map<Long, RowMark> found = new HashMap<>();
    for (RowMark each : marks.ledger().marks(seqs.subList(from, to))) {
      found.put(each.seq(), each);
    }
    List<View> views = new ArrayList<>();
    for (long seq : seqs.subList(from, to)) {
      RowMark each = found.get(seq);
      if (each != null) {
        views.add(View.of(each, placed.rowOf(seq), author(request).owner()));
      }
    }
    return Paging.answer("marks", views, to < seqs.size() ? (long) to : null);
  }

  private Response put(Request request) throws IOException {
    Id evidence = evidence(request);
    Body body = JsonBody.strict(JsonBody.bytes(request), Body.class);
    RowMark.Content content = MarkText.content(body.star(), body.tags(), body.note());
    return changed(request, evidence, content, body.version());
  }

  private Response remove(Request request) throws IOException {
    Id evidence = evidence(request);
    return changed(request, evidence, new RowMark.Content(false, List.of(), null), null);
  }

  private Response changed(
      Request request, Id evidence, RowMark.Content content, @Nullable Long seen)
      throws IOException {
    String text = request.pathParameter("row");
    Long row = number(text);
    if (row == null) {
      throw noRow(evidence, text);
    }
    Marks.Author author = author(request);
    if (!changes.take(author.owner(), 1)) {
      throw new ProblemException(
          429,
          "too many changes",
          "you may change " + CHANGES_A_MINUTE + " marks in a minute",
          Map.of("Retry-After", "60"));
    }
    readiness.require(List.of(evidence));
    Marks.Changed changed;
    try {
      changed = marks.set(evidence, row, content, seen, author);
    } catch (NotIndexedException e) {
      throw TimelineReadiness.notReady(e.evidence(), e.status());
    }
    if (changed instanceof Marks.Changed.Made made) {
      RowMark mark = made.mark();
      return mark == null
          ? Response.empty(204)
          : Response.json(200, View.of(mark, row, author.owner()));
    }
    if (changed instanceof Marks.Changed.NoRow) {
      throw noRow(evidence, text);
    }
    if (changed instanceof Marks.Changed.Full) {
      throw new ProblemException(
          409,
          "too many",
          "evidence " + evidence + " has " + MarkLedger.MAX + " marks; remove some of them");
    }
    throw new ProblemException(
        409,
        "changed meanwhile",
        "your mark on row "
            + row
            + " was changed meanwhile; read it with GET /api/v1/evidence/"
            + evidence
            + "/marks?row="
            + row);
  }

  private PlacedMarks placed(Id evidence) throws IOException {
    readiness.require(List.of(evidence));
    try {
      return marks.of(evidence);
    } catch (NotIndexedException e) {
      throw TimelineReadiness.notReady(e.evidence(), e.status());
    }
  }

  private Id evidence(Request request) throws IOException {
    String id = request.pathParameter("id");
    if (!Id.isId(id) || store.record(new Id(id)) == null) {
      throw new ProblemException(404, "no such evidence", "list it with GET /api/v1/evidence");
    }
    return new Id(id);
  }

  private static Marks.Author author(Request request) {
    Principal principal = request.principal();
    return principal == null
        ? new Marks.Author("nobody", "nobody")
        : new Marks.Author(principal.quotaOwner(), principal.name());
  }

  /** Null if it is no number of a row. */
  private static @Nullable Long number(String text) {
    return text.matches("\\d{1,18}") ? Long.valueOf(text) : null;
  }

  private static ProblemException noRow(Id evidence, String row) {
    return new ProblemException(
        404, "no such row", "evidence " + evidence + " has no row " + Text.shortened(row));
  }
}
