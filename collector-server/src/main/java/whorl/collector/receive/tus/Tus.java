package whorl.collector.receive.tus;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Handler;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.receive.uploads.UploadInUseException;
import whorl.evidence.ArtifactName;

/**
 * The headers of tus 1.0.0 and the problems that the upload routes report.
 *
 * @see <a href="https://tus.io/protocols/resumable-upload">tus</a>
 */
final class Tus {
  static final String VERSION = "1.0.0";
  static final String EXTENSIONS =
      "creation,creation-defer-length,creation-with-upload,checksum,expiration,termination";
  static final String CHUNK_TYPE = "application/offset+octet-stream";

  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private Tus() {}

  static String httpDate(Instant time) {
    return HTTP_DATE.format(time);
  }

  static void requireVersion(Request request) {
    String version = request.header("Tus-Resumable");
    if (version == null || !version.strip().equals(VERSION)) {
      throw problem(
          412,
          "wrong tus version",
          "Tus-Resumable must be " + VERSION,
          Map.of("Tus-Version", VERSION));
    }
  }

  /** True if the request's body is a chunk. */
  static boolean hasChunk(Request request) {
    String type = request.header("Content-Type");
    return type != null && type.strip().toLowerCase(Locale.ROOT).equals(CHUNK_TYPE);
  }

  static @Nullable Long declaredLength(Request request) {
    String defer = request.header("Upload-Defer-Length");
    boolean hasLength = request.header("Upload-Length") != null;
    if (defer != null ? hasLength || !defer.strip().equals("1") : !hasLength) {
      throw problem(400, "no length", "give either Upload-Length or Upload-Defer-Length: 1");
    }
    return hasLength ? number(request, "Upload-Length") : null;
  }

  static long number(Request request, String name) {
    String value = request.header(name);
    if (value != null && value.strip().matches("[0-9]{1,18}")) {
      return Long.parseLong(value.strip());
    }
    throw problem(400, "bad " + name, name + " must be a number of bytes");
  }

  /** Adds the protocol's version to a response. */
  static Response withVersion(Response response) {
    return response.with("Tus-Resumable", VERSION);
  }

  static ProblemException tooLong(ArtifactName name) {
    return problem(413, "too long", "artifact " + name + " is longer than allowed");
  }

  static ProblemException inUse(long offset) {
    return problem(
        423,
        "in use",
        "another connection is using this upload",
        Map.of("Upload-Offset", Long.toString(offset)));
  }

  /** The response while another collector changes the whole evidence, which takes moments. */
  static ProblemException evidenceInUse() {
    return problem(
        503,
        "evidence in use",
        "another collector is working on this evidence; try again at once",
        Map.of("Retry-After", "1"));
  }

  /** Runs a handler, and turns what is in use into a response. */
  static Handler answering(Handler handler) {
    return request -> {
      try {
        return handler.handle(request);
      } catch (UploadInUseException e) {
        throw e.offset() < 0 ? evidenceInUse() : inUse(e.offset());
      }
    };
  }

  static ProblemException notFound() {
    return problem(
        404, "no such upload", "it never existed, is sealed, or has expired; create it again");
  }

  static ProblemException problem(int status, String title, String detail) {
    return problem(status, title, detail, Map.of());
  }

  static ProblemException problem(
      int status, String title, String detail, Map<String, String> headers) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put("Tus-Resumable", VERSION);
    return new ProblemException(status, title, detail, all);
  }
}
