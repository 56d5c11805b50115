package whorl.collector.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

/** Routes for pages of text artifacts, and for thread dumps. */
public final class TextRoutes {
  private static final String EVIDENCE_PATH = "/api/v1/evidence/{id}";
  private static final int DEFAULT_LIMIT = 200;
  private static final int MAX_LIMIT = 2_000;
  private static final int SAMPLE_BYTES = 4 << 10;

  private final EvidenceLookup evidenceLookup;
  private final ExportLog exports;

  public TextRoutes(EvidenceStore store, ExportLog exports) {
    this.evidenceLookup = new EvidenceLookup(store);
    this.exports = exports;
  }

  public List<Route> routes() {
    return List.of(
        Route.of("GET", EVIDENCE_PATH + "/lines/{artifact...}", Role.VIEWER, this::lines)
            .scoped(Scoped.EVIDENCE),
        Route.of("GET", EVIDENCE_PATH + "/threads", Role.VIEWER, this::threads)
            .scoped(Scoped.EVIDENCE));
  }

  private Response lines(Request request) throws IOException {
    EvidenceRecord record = evidenceLookup.record(request);
    StoredArtifact artifact = evidenceLookup.artifact(record, request.pathParameter("artifact"));
    LinePage.Cursor cursor = cursor(request, artifact);
    int limit = EvidenceLookup.limit(request, DEFAULT_LIMIT, MAX_LIMIT);
    String words = EvidenceLookup.words(request);
    try (EvidenceStore.Content content = evidenceLookup.content(record, artifact)) {
      if (!isText(artifact, content.file())) {
        throw new ProblemException(
            415,
            "not text",
            "artifact " + artifact.name() + " is not text; get all of it below /artifacts");
      }
      exports.taken(request.principal(), record.id(), "lines of " + artifact.name());
      return Response.json(200, LinePage.read(content.file(), cursor, words, limit));
    }
  }

  private Response threads(Request request) throws IOException {
    EvidenceRecord record = evidenceLookup.record(request);
    String format = request.query("format");
    String name =
        switch (format == null ? "json" : format) {
          case "json" -> "threads.json";
          case "text" -> "threads.txt";
          default ->
              throw new ProblemException(400, "bad parameter", "format must be json or text");
        };
    StoredArtifact artifact = evidenceLookup.artifact(record, name);
    Response.Body body = evidenceLookup.body(record, artifact);
    exports.taken(request.principal(), record.id(), name);
    String mediaType = name.endsWith(".txt") ? "text/plain; charset=utf-8" : "application/json";
    return new Response(
        200,
        Map.of(
            "Content-Type",
            mediaType,
            "Content-Disposition",
            "attachment; filename=\"" + name + "\""),
        body);
  }

  private static LinePage.Cursor cursor(Request request, StoredArtifact artifact) {
    String cursor = request.query("cursor");
    LinePage.Cursor parsed = cursor == null ? LinePage.Cursor.START : LinePage.Cursor.parse(cursor);
    if (parsed == null || parsed.offset() > artifact.size()) {
      throw EvidenceLookup.badCursor();
    }
    return parsed;
  }

  /** True if the beginning has no zero byte: text has none, and most binary files soon have one. */
  private static boolean isText(StoredArtifact artifact, Path file) throws IOException {
    if (artifact.name().isEncrypted()) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      for (byte b : in.readNBytes(SAMPLE_BYTES)) {
        if (b == 0) {
          return false;
        }
      }
      return true;
    }
  }
}
