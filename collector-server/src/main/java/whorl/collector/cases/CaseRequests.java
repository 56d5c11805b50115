package whorl.collector.cases;

import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.Principal;
import whorl.collector.http.ProblemException;
import whorl.collector.http.Request;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Text;

/** What requests about cases say; what is wrong with one is answered by name. */
final class CaseRequests {
  private static final int BODY_MAX_BYTES = 256 << 10;
  private static final int LIMIT_DEFAULT = 100;
  private static final int LIMIT_MAX = 1000;

  private CaseRequests() {}

  /** The body as this record. */
  static <T> T body(Request request, Class<T> type) throws IOException {
    byte[] body = request.body().readNBytes(BODY_MAX_BYTES + 1);
    if (body.length > BODY_MAX_BYTES) {
      throw new ProblemException(
          413, "body too long", "the body is longer than " + BODY_MAX_BYTES + " bytes; send less");
    }
    T value;
    try {
      value = Json.MAPPER.readValue(body, type);
    } catch (UnrecognizedPropertyException unknown) {
      throw malformed("unknown field " + Text.shortened(unknown.getPropertyName()));
    } catch (IOException e) {
      throw malformed("the body is not the JSON object that this takes; see /openapi.yaml");
    }
    if (value == null) {
      throw malformed("the body is null; send a JSON object");
    }
    return value;
  }

  /** An id in the path; what has another shape names nothing. */
  static Id id(Request request, String name, String what) {
    String text = request.pathParameter(name);
    if (!Id.isId(text)) {
      throw new ProblemException(404, "no such " + what, "not an id: " + Text.shortened(text));
    }
    return new Id(text);
  }

  /** Who asks, by the name of the token. */
  static String by(Request request) {
    Principal principal = request.principal();
    return principal == null ? "nobody" : principal.name();
  }

  static int limit(Request request) {
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

  static @Nullable Long cursor(Request request) {
    String cursor = request.query("cursor");
    if (cursor == null) {
      return null;
    }
    try {
      return Long.valueOf(
          new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      throw new ProblemException(
          400, "bad cursor", "cursor is none that this list gave; start again without one");
    }
  }

  static String cursor(long position) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Long.toString(position).getBytes(StandardCharsets.US_ASCII));
  }

  private static ProblemException malformed(String detail) {
    return new ProblemException(400, "malformed body", detail);
  }
}
