package whorl.collector.http.server;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Response;
import whorl.evidence.Json;

/**
 * A problem document (RFC 9457).
 *
 * @param instance the requested path without its query; null when it could not be read
 * @param incident the id of the error in the collector's log; null unless the collector failed
 */
record Problem(
    String type,
    String title,
    int status,
    String detail,
    @Nullable String instance,
    @Nullable String incident) {
  private static final String MEDIA_TYPE = "application/problem+json";

  static Response response(ProblemException problem, @Nullable String instance) {
    String message = problem.getMessage();
    return response(
        new Problem(
            "about:blank",
            problem.title(),
            problem.status(),
            message == null ? problem.title() : message,
            instance,
            null),
        problem.headers());
  }

  /**
   * Returns the response to an internal error, whose cause is in the log under {@code incident}.
   */
  static Response fault(String incident, @Nullable String instance) {
    return response(
        new Problem(
            "about:blank",
            "internal error",
            500,
            "the collector failed; its log has the cause under incident " + incident,
            instance,
            incident),
        Map.of());
  }

  private static Response response(Problem problem, Map<String, String> headers) {
    Response response =
        new Response(problem.status, headers, new Response.Body.Bytes(Json.bytes(problem)));
    return response.with("Content-Type", MEDIA_TYPE);
  }
}
