package whorl.agent.hook.http;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.Operand.SELF;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.request.RequestLine;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.Operand;
import whorl.agent.hook.weave.ThreadState;

/** Jetty 12, at the channel's invoker of handlers, before any of them. */
final class Jetty12Hook extends ServerHook {
  private static final String CHANNEL = "org/eclipse/jetty/server/internal/HttpChannelState";
  private static final String INVOKER = CHANNEL + "$HandlerInvoker";
  private static final Operand CHANNEL_FIELD = new Operand.SelfField("this$0", "L" + CHANNEL + ";");
  private static final String CHANNEL_NAME = "org.eclipse.jetty.server.internal.HttpChannelState";
  private static final String REQUEST = "org.eclipse.jetty.server.Request";
  private static final String RESPONSE = "org.eclipse.jetty.server.Response";
  private static final String URI = "org.eclipse.jetty.http.HttpURI";
  private static final String TEXT = "()Ljava/lang/String;";

  private final Getter request =
      new Getter(CHANNEL_NAME, "getRequest", "()Lorg/eclipse/jetty/server/Request;");
  private final Getter response =
      new Getter(CHANNEL_NAME, "getResponse", "()Lorg/eclipse/jetty/server/Response;");
  private final Getter method = new Getter(REQUEST, "getMethod", TEXT);
  private final Getter uri =
      new Getter(REQUEST, "getHttpURI", "()Lorg/eclipse/jetty/http/HttpURI;");
  private final Getter path = new Getter(URI, "getPath", TEXT);
  private final Getter query = new Getter(URI, "getQuery", TEXT);
  private final Getter headers =
      new Getter(REQUEST, "getHeaders", "()Lorg/eclipse/jetty/http/HttpFields;");
  private final Getter header =
      new Getter(
          "org.eclipse.jetty.http.HttpFields", "get", "(Ljava/lang/String;)Ljava/lang/String;");
  private final Getter connection =
      new Getter(
          REQUEST, "getConnectionMetaData", "()Lorg/eclipse/jetty/server/ConnectionMetaData;");
  private final Getter remote =
      new Getter(
          "org.eclipse.jetty.server.ConnectionMetaData",
          "getRemoteSocketAddress",
          "()Ljava/net/SocketAddress;");
  private final Getter bytesRead =
      new Getter(CHANNEL_NAME + "$ChannelRequest", "getContentBytesRead", "()J");
  private final Getter bytesWritten =
      new Getter(CHANNEL_NAME + "$ChannelResponse", "getContentBytesWritten", "()J");
  private final Getter status = new Getter(RESPONSE, "getStatus", "()I");
  private final ServerName server = new ServerName("jetty");

  Jetty12Hook(Requests requests) {
    super(requests);
  }

  @Override
  public List<HookPoint> joinPoints() {
    return List.of(
        point(BEGIN, entry(INVOKER, "run", "()", CHANNEL_FIELD)),
        point(EXIT, always(INVOKER, "run", "()", CHANNEL_FIELD)),
        // Up to 12.0.16 the invoker completes the stream, later the channel.
        point(END, entry(INVOKER, "completeStream", "(", CHANNEL_FIELD).asOptional()),
        point(END, entry(CHANNEL, "completeStream", "(", SELF).asOptional()));
  }

  @Override
  void end(Object channel, @Nullable Object[] values, ThreadState thread) {
    Object answer = response.of(thread, channel);
    requests.end(
        channel,
        status.integer(thread, answer),
        bytesRead.number(thread, request.of(thread, channel)),
        bytesWritten.number(thread, answer));
  }

  @Override
  void begin(Object channel, @Nullable Object[] values, ThreadState thread) {
    Object request = this.request.of(thread, channel);
    Object target = uri.of(thread, request);
    Object fields = headers.of(thread, request);
    requests.begin(
        channel,
        new RequestLine(
            server.of(channel),
            method.text(thread, request),
            path.text(thread, target),
            query.text(thread, target),
            HttpHooks.address(remote.of(thread, connection.of(thread, request))),
            header.text(thread, fields, HttpHooks.FORWARDED_FOR),
            header.text(thread, fields, HttpHooks.USER_AGENT)));
  }
}
