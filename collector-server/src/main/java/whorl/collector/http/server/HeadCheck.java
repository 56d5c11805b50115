package whorl.collector.http.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.auth.Authorization;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;

/** Checks the head of a request: well formed, known route, permitted, not too large. */
final class HeadCheck {
  /** The path of the agents' WebSocket. */
  static final String CHANNEL = "/agent/v1/channel";

  private static final String UPLOADS = "/agent/v1/uploads/";
  private static final String OVERRIDE = "X-HTTP-Method-Override";
  private static final Set<String> OVERRIDDEN = Set.of("PATCH", "DELETE", "HEAD");

  private final Edge edge;

  HeadCheck(Edge edge) {
    this.edge = edge;
  }

  /** True if the request has no body. */
  static boolean bodyless(HttpRequest head) {
    return head.decoderResult().isSuccess()
        && !HttpUtil.isTransferEncodingChunked(head)
        && HttpUtil.getContentLength(head, 0L) == 0;
  }

  /**
   * Returns the route of the request; null for an upgrade to a channel.
   *
   * @throws ProblemException when it is refused
   */
  @Nullable Route admit(Exchange exchange) {
    HttpRequest head = exchange.head();
    try {
      requireWellFormed(head);
    } catch (ProblemException malformed) {
      exchange.markFramingUncertain();
      throw malformed;
    }
    RequestPath path = RequestPath.parse(head.uri());
    exchange.setPath(path);
    exchange.decodeQuery(path.rawQuery());
    if (path.decoded().equals(CHANNEL)) {
      exchange.setTemplate(CHANNEL);
      upgrade(exchange);
      return null;
    }
    Route route = route(exchange, path);
    if (route.needs() != null) {
      String queryToken = route.tokenInQuery() ? exchange.queryToken() : null;
      Authorization authorization = edge.authorization();
      if (authorization.needsWorker(route, head.headers(), queryToken)) {
        exchange.markUnidentified(); // a database may have to be asked; signatures take time
      } else {
        Principal principal =
            route.needs() == Role.AGENT
                ? authorization.identifyAgent(head.headers(), exchange.certificate())
                : authorization.identify(head.headers(), queryToken);
        exchange.setPrincipal(principal);
        Authorization.permit(principal, route.needs());
      }
    }
    if (exchange.contentLength() > route.maxBodyBytes()) {
      throw BodyStream.tooLarge(route.maxBodyBytes());
    }
    exchange.stream().limitTo(route.maxBodyBytes());
    return route;
  }

  private Route route(Exchange exchange, RequestPath path) {
    String method = method(exchange.head(), path);
    Router.Resolution resolution = edge.router().resolve(method, path);
    if (resolution instanceof Router.Resolution.Found found) {
      exchange.setRoute(found);
      return found.route();
    }
    if (!edge.serves()) {
      throw Edge.recovering();
    }
    if (resolution instanceof Router.Resolution.OtherMethods otherMethods) {
      String allow = String.join(", ", otherMethods.allowed());
      throw new ProblemException(
          405, "method not allowed", "this path takes " + allow, Map.of("Allow", allow));
    }
    throw new ProblemException(404, "not found", "no such path; GET /openapi.yaml lists all paths");
  }

  /**
   * Returns the method. Clients of tus that cannot send PATCH or DELETE name it in a header (tus
   * 1.0).
   */
  private static String method(HttpRequest head, RequestPath path) {
    String method = head.method().name();
    String override = head.headers().get(OVERRIDE);
    boolean overridden =
        override != null && method.equals("POST") && path.decoded().startsWith(UPLOADS);
    return overridden && OVERRIDDEN.contains(override) ? override : method;
  }

  private void upgrade(Exchange exchange) {
    HttpRequest head = exchange.head();
    HttpHeaders headers = head.headers();
    if (!head.method().equals(HttpMethod.GET)) {
      throw new ProblemException(
          405, "method not allowed", "this path takes GET", Map.of("Allow", "GET"));
    }
    Principal principal = edge.authorization().identifyAgent(headers, exchange.certificate());
    exchange.setPrincipal(principal);
    Authorization.permit(principal, Role.AGENT);
    boolean upgradeRequested =
        headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
            && headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
            && "13".equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))
            && headers.contains(HttpHeaderNames.SEC_WEBSOCKET_KEY);
    if (!upgradeRequested || !bodyless(head)) {
      throw new ProblemException(
          426,
          "upgrade required",
          "this is a WebSocket (RFC 6455), version 13",
          Map.of("Upgrade", "websocket", "Sec-WebSocket-Version", "13"));
    }
  }

  private static void requireWellFormed(HttpRequest head) {
    if (head.decoderResult().isFailure()) {
      throw malformed(head.decoderResult().cause());
    }
    if (!head.protocolVersion().equals(HttpVersion.HTTP_1_1)
        && !head.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
      throw new ProblemException(505, "HTTP version not supported", "this server speaks HTTP/1.1");
    }
    int hosts = head.headers().getAll(HttpHeaderNames.HOST).size();
    if (hosts > 1 || (hosts == 0 && head.protocolVersion().equals(HttpVersion.HTTP_1_1))) {
      throw new ProblemException(400, "bad request", "one Host header is needed");
    }
    if (head.headers().contains(HttpHeaderNames.EXPECT) && !HttpUtil.is100ContinueExpected(head)) {
      throw new ProblemException(
          417, "expectation failed", "the only supported expectation is 100-continue");
    }
  }

  private static ProblemException malformed(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return new ProblemException(414, "request line too long", "shorten the path or the query");
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return new ProblemException(431, "headers too large", "send fewer or shorter headers");
    }
    return new ProblemException(400, "bad request", "this is not HTTP/1.1 as in RFC 9112");
  }
}
