package whorl.collector;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.Metrics;
import whorl.collector.wiring.base.Readiness;

/** Routes open to everyone: health, readiness, metrics and the OpenAPI document. */
final class StatusRoutes {
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String DOCUMENT = "/openapi.yaml";

  private final Metrics metrics;
  private final Readiness readiness;
  private final byte[] document;

  StatusRoutes(Metrics metrics, Readiness readiness) throws IOException {
    this.metrics = metrics;
    this.readiness = readiness;
    this.document = document();
  }

  List<Route> routes() {
    return List.of(
        Route.open("GET", "/healthz", request -> text(200, TEXT, "ok\n")),
        Route.open("GET", "/readyz", request -> readiness()),
        Route.open("GET", "/metrics", request -> text(200, Metrics.MEDIA_TYPE, metrics.text())),
        Route.open("GET", DOCUMENT, request -> body(200, "application/yaml", document)));
  }

  /** The OpenAPI document of all routes. */
  static byte[] document() throws IOException {
    try (InputStream in = StatusRoutes.class.getResourceAsStream(DOCUMENT)) {
      if (in == null) {
        throw new IOException("openapi.yaml is missing from the jar; build it again");
      }
      return in.readAllBytes();
    }
  }

  private Response readiness() {
    Readiness.State state = readiness.now();
    StringBuilder text = new StringBuilder(state.ready() ? "ready\n" : "not ready\n");
    state.problems().forEach(problem -> text.append("- ").append(problem).append('\n'));
    return text(state.ready() ? 200 : 503, TEXT, text.toString());
  }

  private static Response text(int status, String mediaType, String text) {
    return body(status, mediaType, text.getBytes(StandardCharsets.UTF_8));
  }

  private static Response body(int status, String mediaType, byte[] content) {
    String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
    return new Response(
        status, Map.of("Content-Type", mediaType, "Date", date), new Response.Body.Bytes(content));
  }
}
