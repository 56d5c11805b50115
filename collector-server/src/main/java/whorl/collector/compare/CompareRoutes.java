package whorl.collector.compare;

import java.io.IOException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.export.EarlierEvidence;
import whorl.collector.export.ExportLog;
import whorl.collector.export.SeenEvidence;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.records.Catalog;
import whorl.evidence.Id;

/** {@code GET /api/v1/evidence/{id}/compare?with=}: what differs between two pieces of evidence. */
public final class CompareRoutes {
  /** Instead of an id: the last evidence of the same JVM before. */
  private static final String PREVIOUS = "previous";

  private final EvidenceStore store;
  private final EarlierEvidence earlier;
  private final SeenEvidence seen;
  private final ExportLog exports;
  private final Comparisons comparisons;

  /**
   * @param confined runs the program that reads artifacts
   */
  public CompareRoutes(
      EvidenceStore store,
      Catalog catalog,
      SeenEvidence seen,
      ExportLog exports,
      ConfinedJvm confined) {
    this.store = store;
    this.earlier = new EarlierEvidence(store, catalog);
    this.seen = seen;
    this.exports = exports;
    this.comparisons = new Comparisons(store, confined);
  }

  public List<Route> routes() {
    return List.of(
        Route.of("GET", "/api/v1/evidence/{id}/compare", Role.VIEWER, this::compare)
            .scoped(Scoped.EVIDENCE));
  }

  /** One of the two. */
  private record Side(Id evidence, Id agent, @Nullable String service, Instant sealedAt) {
    static Side of(EvidenceRecord record) {
      return new Side(record.id(), record.agent(), record.service(), record.sealedAt());
    }
  }

  /**
   * The response.
   *
   * @param before the one that was sealed earlier
   */
  private record View(
      Side before,
      Side after,
      boolean sameAgent,
      List<KindSummary> kinds,
      List<Difference> differences,
      List<Comparisons.NotCompared> notCompared) {}

  private Response compare(Request request) throws IOException {
    EvidenceRecord one = record(request, request.pathParameter("id"));
    String with = request.query("with");
    EvidenceRecord other = PREVIOUS.equals(with) ? previous(request, one) : record(request, with);
    if (one.id().equals(other.id())) {
      throw new ProblemException(400, "bad parameter", "with names the same evidence");
    }
    Set<ThingKind> kinds = kinds(request.query("kind"));
    boolean inOrder = one.sealedAt().isBefore(other.sealedAt());
    EvidenceRecord before = inOrder ? one : other;
    EvidenceRecord after = inOrder ? other : one;
    exports.taken(request.principal(), one.id(), "comparison with " + other.id());
    exports.taken(request.principal(), other.id(), "comparison with " + one.id());
    Comparisons.Result result = comparisons.compare(before, after, kinds);
    return Response.json(
        200,
        new View(
            Side.of(before),
            Side.of(after),
            before.agent().equals(after.agent()),
            result.kinds(),
            result.differences(),
            result.notCompared()));
  }

  private EvidenceRecord previous(Request request, EvidenceRecord one) throws IOException {
    EvidenceRecord found = earlier.before(one, request.scope(Role.VIEWER), each -> true);
    if (found == null) {
      throw new ProblemException(
          404, "no earlier evidence", "there is no evidence of this JVM before it; give with=ID");
    }
    return found;
  }

  private EvidenceRecord record(Request request, @Nullable String id) throws IOException {
    if (id == null) {
      throw new ProblemException(
          400, "bad parameter", "give the other evidence as with=ID or with=previous");
    }
    EvidenceRecord record =
        Id.isId(id) && seen.sees(request.scope(Role.VIEWER), new Id(id))
            ? store.record(new Id(id))
            : null;
    if (record == null) {
      throw new ProblemException(404, "no such evidence", "list it with GET /api/v1/evidence");
    }
    return record;
  }

  private static Set<ThingKind> kinds(@Nullable String words) {
    if (words == null) {
      return EnumSet.allOf(ThingKind.class);
    }
    Set<ThingKind> kinds = EnumSet.noneOf(ThingKind.class);
    for (String word : words.split(",")) {
      ThingKind kind = ThingKind.of(word);
      if (kind == null) {
        throw new ProblemException(
            400,
            "bad parameter",
            "kind has one or more of " + String.join(", ", ThingKind.words()));
      }
      kinds.add(kind);
    }
    return kinds;
  }
}
