package whorl.collector.http.request;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import whorl.evidence.Json;

/** A request without a server. */
public final class FakeRequest implements Request {
  private final String method;
  private final String template;
  private final byte[] body;
  private Principal principal = new Principal(Role.RESPONDER, "responder-1a2b3c4d");
  private final Map<String, String> query = new TreeMap<>();
  private final Map<String, String> headers = new TreeMap<>();
  private final Map<String, String> path = new TreeMap<>();

  private FakeRequest(String method, String template, byte[] body) {
    this.method = method;
    this.template = template;
    this.body = body;
  }

  public static FakeRequest get(String template) {
    return new FakeRequest("GET", template, new byte[0]);
  }

  public static FakeRequest post(String template, String body) {
    return new FakeRequest("POST", template, body.getBytes(StandardCharsets.UTF_8));
  }

  public static FakeRequest put(String template, String body) {
    return new FakeRequest("PUT", template, body.getBytes(StandardCharsets.UTF_8));
  }

  public static FakeRequest patch(String template, String body) {
    return new FakeRequest("PATCH", template, body.getBytes(StandardCharsets.UTF_8));
  }

  public static FakeRequest delete(String template) {
    return new FakeRequest("DELETE", template, new byte[0]);
  }

  public FakeRequest query(String name, Object value) {
    query.put(name, value.toString());
    return this;
  }

  /** Sends it as a responder of this name. */
  public FakeRequest as(String name) {
    principal = new Principal(Role.RESPONDER, name);
    return this;
  }

  public FakeRequest with(String header, String value) {
    headers.put(header.toLowerCase(Locale.ROOT), value);
    return this;
  }

  public FakeRequest at(String parameter, Object value) {
    path.put(parameter, value.toString());
    return this;
  }

  public FakeRequest by(Principal caller) {
    principal = caller;
    return this;
  }

  /** Handles the request with the route of this method and template. */
  public Response to(List<Route> routes) throws IOException {
    for (Route route : routes) {
      if (route.method().equals(method) && route.template().equals(template)) {
        return route.handler().handle(this);
      }
    }
    throw new AssertionError("no route " + method + " " + template);
  }

  /** As {@link #to}, but returns the JSON of the response. */
  public JsonNode json(List<Route> routes) throws IOException {
    return Json.LENIENT.readTree(text(to(routes)));
  }

  public static String text(Response response) {
    return new String(((Response.Body.Bytes) response.body()).content(), StandardCharsets.UTF_8);
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public String path() {
    return template;
  }

  @Override
  public String pathParameter(String name) {
    return path.get(name);
  }

  @Override
  public String query(String name) {
    return query.get(name);
  }

  @Override
  public String header(String name) {
    return headers.get(name.toLowerCase(Locale.ROOT));
  }

  @Override
  public Principal principal() {
    return principal;
  }

  @Override
  public InputStream body() {
    return new ByteArrayInputStream(body);
  }

  @Override
  public long contentLength() {
    return body.length;
  }

  @Override
  public String remoteAddress() {
    return "192.0.2.9";
  }
}
