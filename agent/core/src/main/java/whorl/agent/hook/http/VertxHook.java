package whorl.agent.hook.http;

import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.JoinPoint.onReturn;
import static whorl.agent.hook.weave.Operand.SELF;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.Operand;
import whorl.agent.hook.weave.ThreadState;

/**
 * Vert.x 4 and 5, HTTP/1 and HTTP/2, from the creation of the request that its handlers receive.
 * Its connections work on the event loop, which has finished with a request when it has handled the
 * message.
 */
final class VertxHook implements Hook {
  private static final String PACKAGE = "io/vertx/core/http/impl/";
  private static final String REQUEST = "io.vertx.core.http.HttpServerRequest";
  private static final String RESPONSE = "io.vertx.core.http.HttpServerResponse";
  private static final String TEXT = "()Ljava/lang/String;";

  private static final int BEGIN = 0;
  private static final int CONTINUE = 1;
  private static final int EXIT_MESSAGE = 2;
  private static final int EXIT_NEXT = 3;
  private static final int BEGIN_STREAM = 6;
  private static final int EXIT_STREAM = 7;

  /** From here on the join points of HTTP/1 repeat, for newer versions. */
  private static final int MOVED = 9;

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
  private final Requests requests;

  VertxHook(Requests requests) {
    this.requests = requests;
  }

  @Override
  public String group() {
    return HttpHooks.GROUP;
  }

  @Override
  public List<JoinPoint> joinPoints() {
    List<JoinPoint> points =
        new ArrayList<>(http1(PACKAGE + "Http1xServerConnection", PACKAGE + "Http1xServerRequest"));
    points.add(entry(PACKAGE + "Http2ServerRequest", "dispatch", "(", SELF));
    points.add(always(PACKAGE + "Http2ServerRequest", "dispatch", "(", SELF));
    points.add(
        entry(
            PACKAGE + "Http2ServerStream",
            "onClose",
            "()",
            new Operand.SelfField("request", "L" + PACKAGE + "Http2ServerStreamHandler;")));
    points.addAll(
        http1(PACKAGE + "http1/Http1ServerConnection", PACKAGE + "http1/Http1ServerRequest"));
    return points;
  }

  /** Vert.x 5.1 moved them to a package of their own, without other changes. */
  private static List<JoinPoint> http1(String connection, String request) {
    Operand coming = new Operand.SelfField("requestInProgress", "L" + request + ";");
    Operand going = new Operand.SelfField("responseInProgress", "L" + request + ";");
    return List.of(
        onReturn(request, "handleBegin", "(", SELF),
        entry(connection, "handleMessage", "(Ljava/lang/Object;", coming),
        always(connection, "handleMessage", "(Ljava/lang/Object;"),
        always(connection, "handleNext", "(L" + request + ";"),
        entry(connection, "responseComplete", "()", going),
        entry(connection, "handleClosed", "()", going));
  }

  @Override
  public Map<String, String> notSupported() {
    return Map.of(
        PACKAGE + "ServerConnection", "requests of Vert.x before 3.6 are not events",
        PACKAGE + "http2/DefaultHttp2ServerStream",
            "requests of Vert.x 5.1 and newer over HTTP/2 are not events");
  }

  @Override
  public void observe(int position, @Nullable Object[] values, ThreadState thread) {
    int at = position < MOVED ? position : position - MOVED;
    if (at == EXIT_MESSAGE || at == EXIT_NEXT || at == EXIT_STREAM) {
      requests.exit();
      return;
    }
    Object request = values[0];
    if (request == null) {
      return;
    }
    switch (at) {
      case BEGIN, BEGIN_STREAM -> begin(request);
      case CONTINUE -> requests.enter(request);
      default -> end(request);
    }
  }

  private void begin(Object request) {
    requests.begin(
        request,
        RequestLine.ofTarget(
            server.of(request),
            method.text(request),
            uri.text(request),
            address.text(remote.of(request)),
            header.text(request, HttpHooks.FORWARDED_FOR),
            header.text(request, HttpHooks.USER_AGENT)));
  }

  private void end(Object request) {
    if (requests.knows(request)) {
      Object answer = response.of(request);
      requests.end(request, status.of(answer), bytesRead.of(request), bytesWritten.of(answer));
    }
  }
}
