package whorl.collector.page;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.export.ExportLog;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.StoredArtifact;

/**
 * Routes for the classes of an evidence: the list, a view of one class, and all class files as a
 * zip.
 */
public final class ClassRoutes {
  private static final String EVIDENCE_PATH = "/api/v1/evidence/{id}";
  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 500;

  private final EvidenceLookup evidenceLookup;
  private final ExportLog exports;
  private final ClassList list;
  private final ClassViews views;
  private final ClassArchive archive;

  /**
   * @param confined runs the programs that read class files
   */
  public ClassRoutes(EvidenceStore store, ExportLog exports, ConfinedJvm confined) {
    this(store, exports, confined, ClassViews.Limits.STANDARD);
  }

  ClassRoutes(
      EvidenceStore store, ExportLog exports, ConfinedJvm confined, ClassViews.Limits limits) {
    this.evidenceLookup = new EvidenceLookup(store);
    this.exports = exports;
    this.list = new ClassList(evidenceLookup);
    this.views = new ClassViews(confined, limits);
    this.archive = new ClassArchive(evidenceLookup);
  }

  public List<Route> routes() {
    return List.of(
        Route.of("GET", EVIDENCE_PATH + "/classes", Role.VIEWER, this::list)
            .scoped(Scoped.EVIDENCE),
        Route.of("GET", EVIDENCE_PATH + "/classes/{sha256}", Role.VIEWER, this::view)
            .scoped(Scoped.EVIDENCE),
        Route.of("GET", EVIDENCE_PATH + "/classes.zip", Role.VIEWER, this::zip)
            .scoped(Scoped.EVIDENCE));
  }

  private Response list(Request request) throws IOException {
    EvidenceRecord record = evidenceLookup.record(request);
    String cursor = request.query("cursor");
    if (cursor != null && !cursor.matches("[0-9]{1,7}")) {
      throw EvidenceLookup.badCursor();
    }
    int from = cursor == null ? 0 : Integer.parseInt(cursor);
    int limit = EvidenceLookup.limit(request, DEFAULT_LIMIT, MAX_LIMIT);
    String words = EvidenceLookup.words(request);
    ClassList.View page = list.page(record, from, words, limit);
    exports.taken(request.principal(), record.id(), "list of classes");
    return Response.json(200, page);
  }

  private Response view(Request request) throws IOException {
    EvidenceRecord record = evidenceLookup.record(request);
    ClassViews.Form form = form(request);
    String sha256 = request.pathParameter("sha256");
    StoredArtifact artifact = evidenceLookup.artifact(record, "classes/" + sha256 + ".class");
    if (artifact.size() > KeptClassFiles.MAX_CLASS_BYTES) {
      throw new ProblemException(
          422,
          "class too long to show",
          "the class file has " + artifact.size() + " bytes; download it");
    }
    exports.taken(request.principal(), record.id(), artifact.name() + " as " + form.word());
    try (EvidenceStore.Content content = evidenceLookup.content(record, artifact)) {
      String text = views.text(artifact.sha256().hex(), content.file(), form);
      return new Response(
          200,
          Map.of("Content-Type", "text/plain; charset=utf-8"),
          new Response.Body.Bytes(text.getBytes(StandardCharsets.UTF_8)));
    }
  }

  private Response zip(Request request) throws IOException {
    EvidenceRecord record = evidenceLookup.record(request);
    if (KeptClassFiles.of(record).isEmpty()) {
      throw new ProblemException(
          404,
          "no class files",
          "evidence " + record.id() + " has no class files, or has them encrypted");
    }
    exports.taken(request.principal(), record.id(), "classes.zip");
    return new Response(
        200,
        Map.of(
            "Content-Type",
            "application/zip",
            "Content-Disposition",
            "attachment; filename=\"whorl-" + record.id() + "-classes.zip\""),
        new Response.Body.Streamed(out -> archive.write(record, out)));
  }

  private static ClassViews.Form form(Request request) {
    String view = request.query("view");
    return switch (view == null ? "bytecode" : view) {
      case "bytecode" -> ClassViews.Form.BYTECODE;
      case "source" -> ClassViews.Form.SOURCE;
      default ->
          throw new ProblemException(400, "bad parameter", "view must be bytecode or source");
    };
  }
}
