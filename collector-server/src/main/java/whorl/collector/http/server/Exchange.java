package whorl.collector.http.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;

/**
 * One request and its response. The event loop creates and changes it; a worker sees it as {@link
 * Request} after its head has been checked.
 */
final class Exchange implements Request {
  private static final int MAX_QUERY_PARAMETERS = 64;
  private static final String TOKEN = "token";
  private static final int SEGMENT_BYTES = 60;

  private final HttpRequest head;
  private final String remoteAddress;
  private final BodyStream body;
  private final long startedNanos;

  private @Nullable RequestPath path;
  private Map<String, List<String>> query = Map.of();
  private Router.Resolution.@Nullable Found found;
  private String template = "-";
  private final @Nullable X509Certificate certificate;
  private @Nullable Principal principal;
  private boolean unidentified;
  private boolean received;
  private boolean responding;
  private boolean keptAlive;
  private boolean framingUncertain;

  /**
   * @param certificate the client's own, verified; null if it showed none
   */
  Exchange(
      HttpRequest head,
      String remoteAddress,
      @Nullable X509Certificate certificate,
      BodyStream body,
      long startedNanos) {
    this.head = head;
    this.certificate = certificate;
    this.remoteAddress = remoteAddress;
    this.body = body;
    this.startedNanos = startedNanos;
  }

  HttpRequest head() {
    return head;
  }

  BodyStream stream() {
    return body;
  }

  /** What the head takes of memory, in bytes. */
  long headBytes() {
    int segments = path == null ? 0 : path.segments().size();
    return StrictRequestDecoder.headBytes(head) + (long) SEGMENT_BYTES * segments;
  }

  long startedNanos() {
    return startedNanos;
  }

  /** True if the response may be chunked. */
  boolean chunks() {
    return head.protocolVersion().compareTo(HttpVersion.HTTP_1_1) >= 0;
  }

  /** True if the response is sent without its body. */
  boolean headOnly() {
    return head.method().name().equals("HEAD");
  }

  /** Returns the route's template for log and metrics; {@code -} without a route. */
  String template() {
    return template;
  }

  /**
   * Returns the method for log and metrics; {@code -} without a route, so that clients cannot
   * invent values.
   */
  String knownMethod() {
    return template.equals("-") ? "-" : head.method().name();
  }

  /** The client's own certificate, verified; null if it showed none. */
  @Nullable X509Certificate certificate() {
    return certificate;
  }

  /** True if the whole body has been received. */
  boolean received() {
    return received;
  }

  void markReceived() {
    received = true;
  }

  /** True if the response is being sent. */
  boolean responding() {
    return responding;
  }

  /** True if the connection stays open after the response. */
  boolean keptAlive() {
    return keptAlive;
  }

  void markResponding(boolean keptAlive) {
    this.responding = true;
    this.keptAlive = keptAlive;
  }

  /** True if the beginning of the next request is uncertain. */
  boolean framingUncertain() {
    return framingUncertain;
  }

  void markFramingUncertain() {
    framingUncertain = true;
  }

  void setPath(RequestPath path) {
    this.path = path;
  }

  /**
   * Decodes the query.
   *
   * @throws ProblemException 400
   */
  void decodeQuery(String raw) {
    if (raw.isEmpty()) {
      return;
    }
    try {
      query =
          new QueryStringDecoder(raw, StandardCharsets.UTF_8, false, MAX_QUERY_PARAMETERS, true)
              .parameters();
    } catch (IllegalArgumentException malformed) {
      throw new ProblemException(400, "bad query", "the query is not well percent-encoded");
    }
  }

  void setTemplate(String template) {
    this.template = template;
  }

  void setRoute(Router.Resolution.Found found) {
    this.found = found;
    this.template = found.route().template();
  }

  void setPrincipal(Principal principal) {
    this.principal = principal;
    this.unidentified = false;
  }

  /** True if the caller is to be identified on a worker before the handler runs. */
  boolean unidentified() {
    return unidentified;
  }

  void markUnidentified() {
    unidentified = true;
  }

  @Nullable String queryToken() {
    List<String> values = query.get(TOKEN);
    return values == null || values.isEmpty() ? null : values.get(0);
  }

  /** Returns the raw path for a problem document; null when it was refused. */
  @Nullable String instance() {
    return path == null ? null : path.raw();
  }

  @Override
  public String method() {
    return found != null && found.headOnly() ? "GET" : head.method().name();
  }

  @Override
  public String path() {
    return path == null ? "/" : path.decoded();
  }

  @Override
  public String pathParameter(String name) {
    String value = found == null ? null : found.parameters().get(name);
    if (value == null) {
      throw new IllegalArgumentException("no {" + name + "} in " + template);
    }
    return value;
  }

  @Override
  public @Nullable String query(String name) {
    List<String> values = name.equals(TOKEN) ? null : query.get(name);
    return values == null || values.isEmpty() ? null : values.get(0);
  }

  @Override
  public @Nullable String header(String name) {
    return head.headers().get(name);
  }

  @Override
  public @Nullable Principal principal() {
    return principal;
  }

  @Override
  public InputStream body() {
    return body;
  }

  @Override
  public long contentLength() {
    String value = head.headers().get(HttpHeaderNames.CONTENT_LENGTH);
    return value == null ? -1 : Long.parseLong(value);
  }

  @Override
  public String remoteAddress() {
    return remoteAddress;
  }
}
