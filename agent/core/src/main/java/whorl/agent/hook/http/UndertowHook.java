package whorl.agent.hook.http;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.Operand.SELF;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.request.RequestLine;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;

/**
 * Undertow 2, where its connectors run the root handler: once on the I/O thread, and again with the
 * same exchange on each thread that it is dispatched to.
 */
final class UndertowHook extends ServerHook {
  private static final String CONNECTORS = "io/undertow/server/Connectors";
  private static final String ROOT =
      "(Lio/undertow/server/HttpHandler;Lio/undertow/server/HttpServerExchange;";
  private static final String EXCHANGE = "io.undertow.server.HttpServerExchange";
  private static final String TEXT = "()Ljava/lang/String;";
  private static final String HEADERS = "()Lio/undertow/util/HeaderMap;";

  private static final Integer SWITCHING = 101;

  private final Getter method =
      new Getter(EXCHANGE, "getRequestMethod", "()Lio/undertow/util/HttpString;");
  private final Getter path = new Getter(EXCHANGE, "getRequestURI", TEXT);
  private final Getter query = new Getter(EXCHANGE, "getQueryString", TEXT);
  private final Getter remote =
      new Getter(EXCHANGE, "getSourceAddress", "()Ljava/net/InetSocketAddress;");
  private final Getter headers = new Getter(EXCHANGE, "getRequestHeaders", HEADERS);
  private final Getter responseHeaders = new Getter(EXCHANGE, "getResponseHeaders", HEADERS);
  private final Getter header =
      new Getter(
          "io.undertow.util.HeaderMap", "getFirst", "(Ljava/lang/String;)Ljava/lang/String;");
  private final Getter status = new Getter(EXCHANGE, "getStatusCode", "()I");
  private final Getter bytesSent = new Getter(EXCHANGE, "getResponseBytesSent", "()J");
  private final ServerName server = new ServerName("undertow");

  UndertowHook(Requests requests) {
    super(requests);
  }

  @Override
  public List<HookPoint> joinPoints() {
    return List.of(
        point(ENTER_OR_BEGIN, entry(CONNECTORS, "executeRootHandler", ROOT, argument(1))),
        point(EXIT, always(CONNECTORS, "executeRootHandler", ROOT, argument(1))),
        point(
            END,
            entry(
                "io/undertow/server/HttpServerExchange",
                "invokeExchangeCompleteListeners",
                "()",
                SELF)));
  }

  @Override
  void begin(Object exchange, @Nullable Object[] values, ThreadState thread) {
    Object fields = headers.of(thread, exchange);
    String queryString = query.text(thread, exchange);
    requests.begin(
        exchange,
        new RequestLine(
            server.of(exchange),
            method.text(thread, exchange),
            path.text(thread, exchange),
            queryString == null || queryString.isEmpty() ? null : queryString,
            HttpHooks.address(remote.of(thread, exchange)),
            header.text(thread, fields, HttpHooks.FORWARDED_FOR),
            header.text(thread, fields, HttpHooks.USER_AGENT)));
  }

  @Override
  void end(Object exchange, @Nullable Object[] values, ThreadState thread) {
    Integer answered = status.integer(thread, exchange);
    if (SWITCHING.equals(answered) && isHttp2(exchange, thread)) {
      // The same request arrives again, as the first of HTTP/2.
      requests.forget(exchange);
      return;
    }
    Object fields = headers.of(thread, exchange);
    requests.end(
        exchange,
        answered,
        HttpHooks.number(header.text(thread, fields, HttpHooks.CONTENT_LENGTH)),
        bytesSent.number(thread, exchange));
  }

  /** The server says so: a client may ask for it, and be given a web socket all the same. */
  private boolean isHttp2(Object exchange, ThreadState thread) {
    return "h2c".equals(header.text(thread, responseHeaders.of(thread, exchange), "Upgrade"));
  }
}
