package whorl.agent.hook.http;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.JoinPoint.onReturn;
import static whorl.agent.hook.weave.Operand.SELF;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.request.RequestLine;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.Operand;
import whorl.agent.hook.weave.ThreadState;

/**
 * Vert.x 4 and 5, HTTP/1 and HTTP/2, from the creation of the request that its handlers receive.
 * Its connections work on the event loop, which has finished with a request when it has handled the
 * message.
 */
final class VertxHook extends ServerHook {
  private static final String PACKAGE = "io/vertx/core/http/impl/";
  private static final String REQUEST = "io.vertx.core.http.HttpServerRequest";
  private static final String RESPONSE = "io.vertx.core.http.HttpServerResponse";
  private static final String TEXT = "()Ljava/lang/String;";

  private final Getter method = new Getter(REQUEST, "method", "()Lio/vertx/core/http/HttpMethod;");
  private final Getter uri = new Getter(REQUEST, "uri", TEXT);
  private final Getter header =
      new Getter(REQUEST, "getHeader", "(Ljava/lang/String;)Ljava/lang/String;");
  private final Getter remote =
      new Getter(REQUEST, "remoteAddress", "()Lio/vertx/core/net/SocketAddress;");
  private final Getter address = new Getter("io.vertx.core.net.SocketAddress", "hostAddress", TEXT);
  private final Getter response =
      new Getter(REQUEST, "response", "()Lio/vertx/core/http/HttpServerResponse;");
  private final Getter bytesRead = new Getter(REQUEST, "bytesRead", "()J");
  private final Getter status = new Getter(RESPONSE, "getStatusCode", "()I");
  private final Getter bytesWritten = new Getter(RESPONSE, "bytesWritten", "()J");
  private final ServerName server = new ServerName("vertx");

  VertxHook(Requests requests) {
    super(requests);
  }

  @Override
  public List<HookPoint> joinPoints() {
    List<HookPoint> points =
        new ArrayList<>(http1(PACKAGE + "Http1xServerConnection", PACKAGE + "Http1xServerRequest"));
    points.add(point(BEGIN, entry(PACKAGE + "Http2ServerRequest", "dispatch", "(", SELF)));
    points.add(point(EXIT, always(PACKAGE + "Http2ServerRequest", "dispatch", "(", SELF)));
    points.add(
        point(
            END,
            entry(
                PACKAGE + "Http2ServerStream",
                "onClose",
                "()",
                new Operand.SelfField("request", "L" + PACKAGE + "Http2ServerStreamHandler;"))));
    points.addAll(
        http1(PACKAGE + "http1/Http1ServerConnection", PACKAGE + "http1/Http1ServerRequest"));
    return points;
  }

  /** Vert.x 5.1 moved them to a package of their own, without other changes. */
  private static List<HookPoint> http1(String connection, String request) {
    Operand coming = new Operand.SelfField("requestInProgress", "L" + request + ";");
    Operand going = new Operand.SelfField("responseInProgress", "L" + request + ";");
    return List.of(
        point(BEGIN, onReturn(request, "handleBegin", "(", SELF)),
        point(ENTER, entry(connection, "handleMessage", "(Ljava/lang/Object;", coming)),
        point(EXIT, always(connection, "handleMessage", "(Ljava/lang/Object;")),
        point(EXIT, always(connection, "handleNext", "(L" + request + ";")),
        point(END, entry(connection, "responseComplete", "()", going)),
        point(END, entry(connection, "handleClosed", "()", going)));
  }

  @Override
  public Map<String, String> notSupported() {
    return Map.of(
        PACKAGE + "ServerConnection", "requests of Vert.x before 3.6 are not events",
        PACKAGE + "http2/DefaultHttp2ServerStream",
            "requests of Vert.x 5.1 and newer over HTTP/2 are not events");
  }

  @Override
  void begin(Object request, @Nullable Object[] values, ThreadState thread) {
    requests.begin(
        request,
        RequestLine.ofTarget(
            server.of(request),
            method.text(thread, request),
            uri.text(thread, request),
            address.text(thread, remote.of(thread, request)),
            header.text(thread, request, HttpHooks.FORWARDED_FOR),
            header.text(thread, request, HttpHooks.USER_AGENT)));
  }

  @Override
  void end(Object request, @Nullable Object[] values, ThreadState thread) {
    if (requests.knows(request)) {
      Object answer = response.of(thread, request);
      requests.end(
          request,
          status.integer(thread, answer),
          bytesRead.number(thread, request),
          bytesWritten.number(thread, answer));
    }
  }
}
