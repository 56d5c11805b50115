package whorl.collector.cases;

import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.io.IOException;
import whorl.collector.http.request.JsonBody;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Text;

/** Reads requests about cases; a problem names what is wrong. */
final class CaseRequests {
  private static final int BODY_MAX_BYTES = 256 << 10;

  private CaseRequests() {}

  /** Parses the body as this record. */
  static <T> T body(Request request, Class<T> type) throws IOException {
    byte[] body = JsonBody.bytes(request, BODY_MAX_BYTES);
    T value;
    try {
      value = Json.MAPPER.readValue(body, type);
    } catch (UnrecognizedPropertyException unknown) {
      throw malformed("unknown field " + Text.shortened(unknown.getPropertyName()));
    } catch (IOException e) {
      throw malformed("the body is not the JSON object that this request takes; see /openapi.yaml");
    }
    if (value == null) {
      throw malformed("the body is null; send a JSON object");
    }
    return value;
  }

  /** Reads an id from the path; a malformed id is reported as not found. */
  static Id id(Request request, String name, String what) {
    String text = request.pathParameter(name);
    if (!Id.isId(text)) {
      throw new ProblemException(404, "no such " + what, "not an id: " + Text.shortened(text));
    }
    return new Id(text);
  }

  /** The name of the request's token. */
  static String by(Request request) {
    Principal principal = request.principal();
    return principal == null ? "nobody" : principal.name();
  }

  private static ProblemException malformed(String detail) {
    return new ProblemException(400, "malformed body", detail);
  }
}
