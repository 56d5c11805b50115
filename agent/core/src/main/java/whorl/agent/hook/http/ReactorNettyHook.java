package whorl.agent.hook.http;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.JoinPoint.onReturn;
import static whorl.agent.hook.weave.Operand.SELF;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.request.RequestLine;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.Operand;
import whorl.agent.hook.weave.ThreadState;

/**
 * Reactor Netty's HTTP server, which WebFlux uses by default, where a request's first message
 * reaches its operations: the handler subscribes from there, on the event loop. Later messages,
 * such as the body, belong to the same request. A web socket has operations of its own, made from
 * those of its request, which do not end then.
 */
final class ReactorNettyHook extends ServerHook {
  private static final String OPERATIONS = "reactor/netty/http/server/HttpServerOperations";
  private static final String ON_NEXT =
      "(Lio/netty/channel/ChannelHandlerContext;Ljava/lang/Object;";
  private static final String SOCKET = "reactor/netty/http/server/WebsocketServerOperations";
  private static final String HTTP2_SOCKET =
      "reactor.netty.http.server.Http2WebsocketServerOperations";
  private static final Operand HANDSHAKE =
      new Operand.SelfField("handshakerResult", "Lio/netty/channel/ChannelPromise;");

  /** A request opens a web socket. */
  private static final int SOCKET_OPENS = OTHER;

  private static final Integer SWITCHING = 101;
  private static final Integer OK = 200;

  private static final String INFOS = "reactor.netty.http.HttpInfos";
  private static final String REQUEST = "reactor.netty.http.server.HttpServerRequest";
  private static final String RESPONSE = "reactor.netty.http.server.HttpServerResponse";
  private static final String NETTY_REQUEST = "io.netty.handler.codec.http.HttpRequest";
  private static final String HEADERS = "io.netty.handler.codec.http.HttpHeaders";
  private static final String HEADERS_GETTER = "()Lio/netty/handler/codec/http/HttpHeaders;";

  private final Getter method =
      new Getter(INFOS, "method", "()Lio/netty/handler/codec/http/HttpMethod;");
  private final Getter uri = new Getter(INFOS, "uri", "()Ljava/lang/String;");
  private final Getter requestHeaders = new Getter(REQUEST, "requestHeaders", HEADERS_GETTER);
  private final Getter header =
      new Getter(HEADERS, "get", "(Ljava/lang/String;)Ljava/lang/String;");
  private final Getter remote =
      new Getter(REQUEST, "remoteAddress", "()Ljava/net/InetSocketAddress;");
  private final Getter remoteOfInformation =
      new Getter(REQUEST, "remoteAddress", "()Ljava/net/SocketAddress;");
  private final Getter status =
      new Getter(RESPONSE, "status", "()Lio/netty/handler/codec/http/HttpResponseStatus;");
  private final Getter code =
      new Getter("io.netty.handler.codec.http.HttpResponseStatus", "code", "()I");
  private final ServerName server = new ServerName("reactor-netty");
  private final ClassValue<Boolean> beginsRequest = new Implements(NETTY_REQUEST);

  ReactorNettyHook(Requests requests) {
    super(requests);
  }

  /** Checks whether a class implements, by name, an interface of another loader. */
  private static final class Implements extends ClassValue<Boolean> {
    private final String name;

    Implements(String name) {
      this.name = name;
    }

    @Override
    protected Boolean computeValue(Class<?> type) {
      return implemented(type);
    }

    private boolean implemented(@Nullable Class<?> type) {
      if (type == null) {
        return false;
      }
      for (Class<?> superinterface : type.getInterfaces()) {
        if (superinterface.getName().equals(name) || implemented(superinterface)) {
          return true;
        }
      }
      return implemented(type.getSuperclass());
    }
  }

  @Override
  public List<HookPoint> joinPoints() {
    return List.of(
        point(ENTER_OR_BEGIN, entry(OPERATIONS, "onInboundNext", ON_NEXT, SELF, argument(1))),
        point(EXIT, always(OPERATIONS, "onInboundNext", ON_NEXT, SELF)),
        point(END, entry("reactor/netty/channel/ChannelOperations", "terminate", "()", SELF)),
        socketOpens("Ljava/lang/String;I", 3),
        socketOpens("Ljava/lang/String;IZ", 4),
        socketOpens("Lreactor/netty/http/server/WebsocketServerSpec;", 2));
  }

  /**
   * @param settings the types of the constructor's parameters between the address and the request's
   *     operations, which differ from version to version
   * @param position of the request's operations
   */
  private static HookPoint socketOpens(String settings, int position) {
    String descriptor = "(Ljava/lang/String;" + settings + "L" + OPERATIONS + ";";
    return point(
        SOCKET_OPENS,
        onReturn(SOCKET, "<init>", descriptor, argument(position), HANDSHAKE, SELF).asOptional());
  }

  @Override
  public Map<String, String> notSupported() {
    return Map.of(
        "reactor/ipc/netty/http/server/HttpServerOperations",
        "requests of Reactor Netty before 0.8 are not events");
  }

  @Override
  void begin(Object operations, @Nullable Object[] values, ThreadState thread) {
    Object message = values[1];
    if (message == null || !beginsRequest.get(message.getClass())) {
      return;
    }
    Object fields = requestHeaders.of(thread, operations);
    Object from = remote.of(thread, operations);
    requests.begin(
        operations,
        RequestLine.ofTarget(
            server.of(operations),
            method.text(thread, operations),
            uri.text(thread, operations),
            HttpHooks.address(from == null ? remoteOfInformation.of(thread, operations) : from),
            header.text(thread, fields, HttpHooks.FORWARDED_FOR),
            header.text(thread, fields, HttpHooks.USER_AGENT)));
  }

  @Override
  void end(Object operations, @Nullable Object[] values, ThreadState thread) {
    if (requests.knows(operations)) {
      answered(operations, code.integer(thread, status.of(thread, operations)), thread);
    }
  }

  /** If the server refuses to open the socket, the request's own operations end. */
  @Override
  void observeOther(int at, Object operations, @Nullable Object[] values, ThreadState thread) {
    if (at != SOCKET_OPENS) {
      throw HookPoint.unknown(at);
    }
    Object handshake = values[1];
    Object socket = values[2];
    if (handshake == null || socket == null || !requests.knows(operations)) {
      return;
    }
    if (!socket.getClass().getName().equals(HTTP2_SOCKET)) {
      answered(operations, SWITCHING, thread);
    } else if ("CONNECT".equals(method.text(thread, operations))) {
      answered(operations, OK, thread);
    }
  }

  private void answered(Object operations, @Nullable Integer answer, ThreadState thread) {
    requests.end(
        operations,
        answer,
        HttpHooks.number(
            header.text(thread, requestHeaders.of(thread, operations), HttpHooks.CONTENT_LENGTH)),
        // A response's headers hold objects of the application.
        null);
  }
}
