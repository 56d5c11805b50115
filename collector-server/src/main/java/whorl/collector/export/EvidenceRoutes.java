package whorl.collector.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.ImportEntry;
import whorl.collector.custody.log.LogLine;
import whorl.collector.custody.proof.LogProof;
import whorl.collector.custody.publish.LogPublisher;
import whorl.collector.custody.verify.Verification;
import whorl.collector.custody.verify.VerificationReport;
import whorl.collector.http.request.Paging;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.limit.Rates;
import whorl.collector.store.access.Owner;
import whorl.collector.store.chain.ManifestAnnouncements;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.store.outage.Outage;
import whorl.collector.store.records.Catalog;
import whorl.collector.store.triage.Gravest;
import whorl.collector.store.triage.GravestLedger;
import whorl.evidence.ArtifactName;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Level;
import whorl.evidence.channel.CaptureState;

/** Routes under {@code /api/v1/evidence}. */
public final class EvidenceRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(EvidenceRoutes.class);
  private static final String PATH = "/api/v1/evidence";
  private static final int LIMIT_DEFAULT = 100;
  private static final int LIMIT_MAX = 1000;

  private final EvidenceStore store;
  private final Catalog catalog;
  private final GravestLedger gravest;
  private final CustodyLog custody;
  private final LogPublisher publisher;
  private final Verification verification;
  private final ExportLog exports;
  private final Owners owners;
  private final ArtifactDownload downloads;
  private final BagWriter bags;
  private final Rates verifications = new Rates(60, Duration.ofMinutes(1), System::nanoTime);

  /** Finds to whom an agent belongs. */
  @FunctionalInterface
  public interface Owners {
    /** The owner; null if the agent only has the shared token. */
    @Nullable Owner ownerOf(Id agent) throws IOException;
  }

  /**
   * @param announcements what agents said of their manifests on their channels
   * @param owners to whom agents belong
   */
  public EvidenceRoutes(
      EvidenceStore store,
      Catalog catalog,
      GravestLedger gravest,
      CustodyLog custody,
      LogPublisher publisher,
      InstantSource clock,
      ManifestAnnouncements announcements,
      ExportLog exports,
      Owners owners) {
    this.owners = owners;
    this.store = store;
    this.catalog = catalog;
    this.gravest = gravest;
    this.custody = custody;
    this.publisher = publisher;
    this.verification = new Verification(store, custody, publisher, announcements, clock);
    this.exports = exports;
    this.downloads = new ArtifactDownload(store, exports);
    this.bags = new BagWriter(store);
  }

  public List<Route> routes() {
    String evidencePath = PATH + "/{id}";
    return List.of(
        Route.of("GET", PATH, Role.VIEWER, this::list).scoped(Scoped.LISTED),
        Route.of("GET", evidencePath, Role.VIEWER, this::show).scoped(Scoped.EVIDENCE),
        Route.of("GET", evidencePath + "/artifacts/{name...}", Role.VIEWER, this::artifact)
            .scoped(Scoped.EVIDENCE),
        Route.of("GET", evidencePath + "/bag", Role.VIEWER, this::bag).scoped(Scoped.EVIDENCE),
        Route.of("GET", evidencePath + "/verify", Role.VIEWER, this::verify)
            .scoped(Scoped.EVIDENCE));
  }

  private Response list(Request request) throws IOException {
    Catalog.Filter filter = filter(request);
    boolean counted = areCounted(request.query("artifacts"));
    Catalog.Page page;
    try {
      page =
          catalog.page(request.scope(Role.VIEWER), filter, request.query("cursor"), limit(request));
    } catch (IllegalArgumentException e) {
      throw new ProblemException(
          400, "bad cursor", "cursor is not from this list; start again without one");
    }
    return new Response(
        200,
        Map.of("Content-Type", "application/json"),
        new Response.Body.Streamed(out -> write(page, counted, out)));
  }

  /** Only one record is in memory at a time, because each may list thousands of artifacts. */
  private void write(Catalog.Page page, boolean counted, OutputStream out) throws IOException {
    out.write(ascii("{\"evidence\":["));
    Map<Id, Gravest> findings = gravest.find(page.evidence());
    boolean first = true;
    for (Id id : page.evidence()) {
      EvidenceRecord record = recordOrNull(id);
      Object view = record == null ? lostView(id) : view(record, findings, counted);
      if (view != null) {
        out.write(ascii(first ? "" : ","));
        out.write(Json.bytes(view));
        first = false;
      }
    }
    out.write(ascii("]"));
    if (page.next() != null) {
      out.write(ascii(",\"next\":\"" + page.next() + "\""));
    }
    out.write(ascii("}"));
  }

  private static EvidenceView view(
      EvidenceRecord record, Map<Id, Gravest> findings, boolean counted) {
    EvidenceView view =
        EvidenceView.of(record, null, null, findings.getOrDefault(record.id(), Gravest.WAITING));
    return counted ? view.counted() : view;
  }

  private static boolean areCounted(@Nullable String artifacts) {
    if (artifacts != null && !artifacts.equals("listed") && !artifacts.equals("counted")) {
      throw new ProblemException(400, "bad parameter", "artifacts is listed or counted");
    }
    return "counted".equals(artifacts);
  }

  /** A damaged record must not hide the others. */
  private @Nullable EvidenceRecord recordOrNull(Id id) throws IOException {
    try {
      return store.record(id);
    } catch (IOException e) {
      if (Outage.of(e) != null) {
        throw e; // evidence is not lost because its store is away
      }
      LOG.warn("evidence {} can't be read", id, e);
      return null;
    }
  }

  /** For evidence whose record is missing or unreadable; null if custody does not know it. */
  private @Nullable LostView lostView(Id id) throws IOException {
    Catalog.Summary summary = custody.isKept(id) ? catalog.summary(id) : null;
    return summary == null ? null : LostView.of(summary, store.contains(id));
  }

  private Response show(Request request) throws IOException {
    Id id = id(request);
    EvidenceRecord record = recordOrNull(id);
    Object view =
        record == null
            ? lostView(id)
            : EvidenceView.of(
                record,
                owners.ownerOf(record.agent()),
                isImported(id),
                gravest.find(List.of(id)).getOrDefault(id, Gravest.WAITING));
    if (view == null) {
      throw notFound(id);
    }
    exports.opened(request.principal(), List.of(id));
    return Response.json(200, view);
  }

  private boolean isImported(Id id) throws IOException {
    return ImportEntry.of(custody.entries(id)) != null;
  }

  private Response artifact(Request request) throws IOException {
    EvidenceRecord record = record(request);
    String name = request.pathParameter("name");
    StoredArtifact artifact = null;
    try {
      artifact = record.artifact(new ArtifactName(name));
    } catch (IllegalArgumentException noName) {
      // not a valid artifact name
    }
    if (artifact == null) {
      throw noSuchArtifact(record, name);
    }
    return downloads.of(request, record, artifact);
  }

  private static ProblemException noSuchArtifact(EvidenceRecord record, String name) {
    String encrypted = name + ".age";
    boolean isEncrypted =
        record.artifacts().stream().anyMatch(each -> each.name().value().equals(encrypted));
    String to = record.recipient() == null ? "" : ", to " + record.recipient();
    return new ProblemException(
        404,
        "no such artifact",
        "evidence "
            + record.id()
            + (isEncrypted
                ? " has it encrypted" + to + ": get " + encrypted + ", then age -d -i KEYFILE"
                : " lists the artifacts that it has"));
  }

  private Response bag(Request request) throws IOException {
    EvidenceRecord record = record(request);
    byte[] recordBytes = store.recordBytes(record.id());
    if (recordBytes == null) {
      throw notFound();
    }
    exports.taken(request.principal(), record.id(), "bag");
    List<LogLine> lines = custody.located(record.id());
    LogProof proof = proof(lines);
    List<Digest> content = record.artifacts().stream().map(StoredArtifact::sha256).toList();
    return new Response(
        200,
        Map.of(
            "Content-Type", "application/zip",
            "X-Content-Type-Options", "nosniff",
            "Content-Disposition", "attachment; filename=\"" + BagWriter.name(record) + ".zip\""),
        new Response.Body.Streamed(
            out -> {
              // content purged in the meantime stays until this bag is complete
              try (EvidenceStore.Pin pinned = store.pin(content)) {
                bags.write(record, recordBytes, lines, proof, out);
              }
            }));
  }

  /** The proof of these lines; null if it cannot be made, because evidence must not wait for it. */
  private @Nullable LogProof proof(List<LogLine> lines) {
    try {
      return publisher.proof(lines);
    } catch (IOException e) {
      LOG.warn("a bag goes without proofs of its custody", e);
      return null;
    }
  }

  private Response verify(Request request) throws IOException {
    Id id = id(request);
    Principal caller = request.principal();
    if (!verifications.take(caller == null ? "" : caller.quotaOwner(), 1)) {
      throw new ProblemException(
          429,
          "too many verifications",
          "more than " + verifications.max() + " within a minute; each reads all bytes",
          Map.of("Retry-After", Long.toString(verifications.window().toSeconds())));
    }
    VerificationReport report = verification.verify(id);
    if (report == null) {
      throw notFound(id);
    }
    exports.verified(ExportLog.actor(caller), id, report);
    return Response.json(200, report);
  }

  private EvidenceRecord record(Request request) throws IOException {
    Id id = id(request);
    EvidenceRecord record = store.record(id);
    if (record == null) {
      throw notFound(id);
    }
    return record;
  }

  private static Id id(Request request) {
    try {
      return new Id(request.pathParameter("id"));
    } catch (IllegalArgumentException noId) {
      throw notFound();
    }
  }

  private static Catalog.Filter filter(Request request) {
    try {
      String agent = request.query("agent");
      String state = request.query("state");
      return new Catalog.Filter(
          request.query("service"),
          agent == null ? null : new Id(agent),
          state == null ? null : CaptureState.of(state),
          level(request, "level"),
          level(request, "atLeast"),
          request.query("q"),
          isWorstFirst(request),
          Paging.time(request, "from"),
          Paging.time(request, "to"));
    } catch (IllegalArgumentException e) {
      throw new ProblemException(400, "bad filter", String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable Level level(Request request, String name) {
    String level = request.query(name);
    return level == null ? null : Level.of(level);
  }

  private static boolean isWorstFirst(Request request) {
    String order = request.query("order");
    if (order != null && !order.equals("newest") && !order.equals("worst")) {
      throw new IllegalArgumentException("order must be newest or worst");
    }
    return "worst".equals(order);
  }

  private static int limit(Request request) {
    String limit = request.query("limit");
    if (limit == null) {
      return LIMIT_DEFAULT;
    }
    if (!limit.matches("[0-9]{1,4}")
        || Integer.parseInt(limit) < 1
        || Integer.parseInt(limit) > LIMIT_MAX) {
      throw new ProblemException(400, "bad limit", "limit must be from 1 to " + LIMIT_MAX);
    }
    return Integer.parseInt(limit);
  }

  private ProblemException notFound(Id id) throws IOException {
    CustodyEntry purge = custody.purge(id);
    if (purge == null) {
      return custody.isKept(id)
          ? new ProblemException(410, "lost", "evidence " + id + " is lost: " + LostView.reason(id))
          : notFound();
    }
    return new ProblemException(
        410,
        "purged",
        "evidence "
            + id
            + " was purged on "
            + purge.time()
            + " by "
            + purge.actor()
            + ": "
            + purge.detail().getOrDefault("reason", "no reason given"));
  }

  private static ProblemException notFound() {
    return new ProblemException(404, "no such evidence", "list it with GET " + PATH);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
