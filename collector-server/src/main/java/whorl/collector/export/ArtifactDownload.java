package whorl.collector.export;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.ArtifactName;

/**
 * Sends an artifact, or a range of it. A browser must never display what an agent has sent: the
 * response is always an attachment, with a media type from a short list.
 */
final class ArtifactDownload {
  private static final Set<String> SAFE_TYPES =
      Set.of(
          "application/json",
          "application/x-ndjson",
          "application/x-jfr",
          "application/x-age-encryption",
          "application/gzip",
          "application/java-vm",
          "text/plain");
  private static final String OTHER_TYPE = "application/octet-stream";

  private final EvidenceStore store;
  private final ExportLog exports;

  ArtifactDownload(EvidenceStore store, ExportLog exports) {
    this.store = store;
    this.exports = exports;
  }

  Response of(Request request, EvidenceRecord record, StoredArtifact artifact) throws IOException {
    String etag = "\"" + artifact.sha256() + "\"";
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("ETag", etag);
    headers.put("Accept-Ranges", "bytes");
    if (etag.equals(request.header("If-None-Match"))) {
      return new Response(304, headers, new Response.Body.Bytes(new byte[0]));
    }
    ByteRange range = ByteRange.parse(wantedRange(request, etag), artifact.size());
    if (range instanceof ByteRange.Unsatisfiable) {
      throw new ProblemException(
          416,
          "no such range",
          "artifact " + artifact.name() + " has " + artifact.size() + " bytes",
          Map.of("Content-Range", "bytes */" + artifact.size()));
    }
    ByteRange.Part part = range instanceof ByteRange.Part some ? some : null;
    long offset = part == null ? 0 : part.offset();
    long length = part == null ? artifact.size() : part.length();
    Response.Body body = ContentBody.of(store, record, artifact, offset, length);
    exports.taken(request.principal(), record.id(), artifact.name().value());
    headers.put("Content-Type", contentType(artifact.mediaType()));
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put("Content-Disposition", FileNames.attachment(fileName(record, artifact)));
    if (part == null) {
      return new Response(200, headers, body);
    }
    headers.put(
        "Content-Range", "bytes " + offset + "-" + (offset + length - 1) + "/" + artifact.size());
    return new Response(206, headers, body);
  }

  /**
   * With {@code If-Range}, the range counts only if the content is the one the client began with.
   */
  private static @Nullable String wantedRange(Request request, String etag) {
    String onlyIf = request.header("If-Range");
    return onlyIf == null || onlyIf.equals(etag) ? request.header("Range") : null;
  }

  private static String contentType(String mediaType) {
    int parameters = mediaType.indexOf(';');
    String type = parameters < 0 ? mediaType : mediaType.substring(0, parameters);
    // of an imported bag, it is what that says
    boolean printable = mediaType.chars().allMatch(each -> each >= ' ' && each <= '~');
    return printable && SAFE_TYPES.contains(type) ? mediaType : OTHER_TYPE;
  }

  private static String fileName(EvidenceRecord record, StoredArtifact artifact) {
    String recording = FileNames.of(record) + ".jfr";
    if (artifact.name().equals(ArtifactName.RECORDING)) {
      return recording;
    }
    if (artifact.name().equals(ArtifactName.RECORDING.encrypted())) {
      return recording + ".age";
    }
    return artifact.name().value().replace('/', '_');
  }
}
