package whorl.collector.receive.bag;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.ImportEntry;
import whorl.collector.custody.verify.ImportedHistory;
import whorl.collector.http.request.ByteSource;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.limit.Places;
import whorl.collector.receive.ReceiveLimits;
import whorl.collector.receive.ReceiverDependencies;
import whorl.collector.store.access.Origin;
import whorl.collector.store.access.Scope;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * {@code POST /api/v1/evidence/import}: evidence from a bag; {@code GET
 * /api/v1/evidence/{id}/imported}: its history at the collector that the bag is from.
 */
public final class BagRoutes {
  private static final String PATH = "/api/v1/evidence";
  private static final int NAME_MAX_CHARS = 253;

  /** Bags that arrive at the same time, each into a folder of its own. */
  private static final int ARRIVING_MAX = 4;

  private final BagImport bags;
  private final ReceiverDependencies dependencies;
  private final ReceiveLimits limits;

  /** One bag is examined at a time, because that may need much memory and disk. */
  private final Semaphore turn = new Semaphore(1);

  /** The people whose bags arrive, one each: a slow sender takes a folder and nothing else. */
  private final Places arriving = new Places(1);

  private final Queue<String> folders = new ConcurrentLinkedQueue<>();

  public BagRoutes(BagImport bags, ReceiverDependencies dependencies, ReceiveLimits limits) {
    this.bags = bags;
    this.dependencies = dependencies;
    this.limits = limits;
    folders.add("import");
    for (int i = 2; i <= ARRIVING_MAX; i++) {
      folders.add("import-" + i);
    }
  }

  public List<Route> routes() {
    return List.of(
        new Route(
                "POST",
                PATH + "/import",
                Role.RESPONDER,
                false,
                limits.artifactMaxBytes(),
                this::take)
            .scoped(Scoped.LISTED),
        Route.of("GET", PATH + "/{id}/imported", Role.VIEWER, this::show).scoped(Scoped.EVIDENCE));
  }

  /**
   * The answer to an import.
   *
   * @param imported false if the same evidence was here already
   */
  private record Taken(Id id, boolean imported, String service, String state) {}

  private Response take(Request request) throws IOException {
    Principal caller = caller(request);
    Importer importer = importer(request, caller);
    requireScope(request, importer);
    if (!arriving.enter(caller.quotaOwner())) {
      throw busy("another bag of yours is being imported");
    }
    try {
      String folder = folders.poll();
      if (folder == null) {
        throw busy(ARRIVING_MAX + " bags are being imported");
      }
      try {
        return take(request, importer, dependencies.folder().exports().resolve(folder));
      } finally {
        folders.add(folder);
      }
    } finally {
      arriving.leave(caller.quotaOwner());
    }
  }

  /**
   * @param work this bag's folder, which is deleted at the end
   */
  private Response take(Request request, Importer importer, Path work) throws IOException {
    try {
      dependencies.disk().delete(work);
      dependencies.disk().createFolders(work.resolve("content"));
      Path bag = work.resolve("bag.zip");
      Digest sha256 = receive(request, bag);
      BagImport.Result result = inTurn(bag, sha256, work.resolve("content"), importer);
      EvidenceRecord record = result.record();
      return Response.json(
          result.isNew() ? 201 : 200,
          new Taken(record.id(), result.isNew(), record.service(), record.state().word()));
    } finally {
      dependencies.disk().delete(work);
    }
  }

  private BagImport.Result inTurn(Path bag, Digest sha256, Path content, Importer importer)
      throws IOException {
    if (!turn.tryAcquire()) {
      throw busy("another bag is being examined");
    }
    try {
      return bags.run(bag, sha256, content, importer);
    } finally {
      turn.release();
    }
  }

  private static ProblemException busy(String why) {
    return new ProblemException(503, "busy", why + "; try again soon", Map.of("Retry-After", "5"));
  }

  private static Principal caller(Request request) {
    Principal caller = request.principal();
    if (caller == null) {
      throw new IllegalStateException("a request without a principal passed authorization");
    }
    return caller;
  }

  private static Importer importer(Request request, Principal caller) {
    return new Importer(
        "token " + caller.name(), name(request, "namespace"), name(request, "service"));
  }

  private static @Nullable String name(Request request, String parameter) {
    String name = request.query(parameter);
    if (name != null
        && (name.isBlank()
            || name.length() > NAME_MAX_CHARS
            || name.chars().anyMatch(Character::isISOControl))) {
      throw new ProblemException(
          400, "bad parameter", parameter + " has 1 to " + NAME_MAX_CHARS + " characters");
    }
    return name;
  }

  /** What a manifest says of its service is no proof, so the importer says whose it is. */
  private static void requireScope(Request request, Importer importer) {
    Scope scope = request.scope(Role.RESPONDER);
    if (scope.isEverything()) {
      return;
    }
    String service = importer.service();
    boolean named = importer.namespace() != null || service != null;
    Origin origin = new Origin(importer.namespace(), service == null ? "" : service, Map.of());
    if (!named || !scope.holds(origin)) {
      throw new ProblemException(
          403,
          "forbidden",
          "say with namespace and service whose it is to be, and name what you have the role"
              + " responder for");
    }
  }

  private Digest receive(Request request, Path bag) throws IOException {
    long room = dependencies.freeBytes().getAsLong() - limits.freeReserveBytes();
    long max = Math.min(limits.artifactMaxBytes(), room);
    requireRoom(request.contentLength(), max);
    MessageDigest sha256 = Digest.newSha256();
    long received = 0;
    try (FileChannel out =
        FileChannel.open(bag, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteSource body = ByteSource.of(request.body());
      for (ByteBuffer part = body.next(); part != null; part = body.next()) {
        received += part.remaining();
        requireRoom(received, max);
        sha256.update(part.duplicate());
        while (part.hasRemaining()) {
          out.write(part);
        }
      }
    }
    return Digest.of(sha256);
  }

  private void requireRoom(long bytes, long max) {
    if (bytes > max) {
      throw max < limits.artifactMaxBytes()
          ? new ProblemException(
              507, "no room", "this collector has room for " + Math.max(0, max >> 20) + " MiB")
          : new ProblemException(413, "too large", "a bag has at most " + max + " bytes here");
    }
  }

  /** The imports of one piece of evidence, in the format of the API. */
  private record Imports(List<View> imports) {}

  /**
   * One import.
   *
   * @param by who imported it
   * @param bag the SHA-256 of the bag
   * @param logKey the key of the other collector's log
   * @param entries of the other collector's custody, oldest first
   * @param unproven the number of entries in the bag that its log did not prove
   */
  private record View(
      Instant at,
      String by,
      String bag,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String logKey,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String folder,
      List<CustodyEntry> entries,
      int unproven) {}

  private Response show(Request request) throws IOException {
    String text = request.pathParameter("id");
    EvidenceRecord record = Id.isId(text) ? dependencies.store().record(new Id(text)) : null;
    if (record == null) {
      throw new ProblemException(404, "no such evidence", "list it with GET " + PATH);
    }
    List<View> imports = new ArrayList<>();
    List<CustodyEntry> custody = dependencies.custody().entries(record.id());
    for (ImportedHistory history : ImportedHistory.of(dependencies.store(), record, custody)) {
      ImportEntry imported = history.imported();
      imports.add(
          new View(
              imported.at(),
              imported.actor(),
              imported.bag(),
              imported.logKey(),
              imported.folder(),
              history.entries(),
              history.unproven()));
    }
    return Response.json(200, new Imports(imports));
  }
}
