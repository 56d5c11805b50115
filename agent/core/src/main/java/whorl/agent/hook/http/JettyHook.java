package whorl.agent.hook.http;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.JoinPoint.onReturn;
import static whorl.agent.hook.weave.Operand.SELF;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.request.RequestLine;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;

/**
 * Jetty 9.4 to 11, at the channel, which has one request at a time, for any HTTP version: once a
 * request, before any handler. {@code handle} runs for its first dispatch and for each asynchronous
 * one.
 */
final class JettyHook extends ServerHook {
  private static final String CHANNEL = "org/eclipse/jetty/server/HttpChannel";
  private static final String CHANNEL_NAME = "org.eclipse.jetty.server.HttpChannel";
  private static final String REQUEST = "org.eclipse.jetty.server.Request";
  private static final String RESPONSE = "org.eclipse.jetty.server.Response";
  private static final String TEXT = "()Ljava/lang/String;";

  private final Getter request =
      new Getter(CHANNEL_NAME, "getRequest", "()Lorg/eclipse/jetty/server/Request;");
  private final Getter response =
      new Getter(CHANNEL_NAME, "getResponse", "()Lorg/eclipse/jetty/server/Response;");
  private final Getter bytesWritten = new Getter(CHANNEL_NAME, "getBytesWritten", "()J");
  private final Getter method = new Getter(REQUEST, "getMethod", TEXT);
  private final Getter path = new Getter(REQUEST, "getRequestURI", TEXT);
  private final Getter query = new Getter(REQUEST, "getQueryString", TEXT);
  private final Getter remoteAddress = new Getter(REQUEST, "getRemoteAddr", TEXT);
  private final Getter header =
      new Getter(REQUEST, "getHeader", "(Ljava/lang/String;)Ljava/lang/String;");
  private final Getter bytesRead = new Getter(REQUEST, "getContentRead", "()J");
  private final Getter status = new Getter(RESPONSE, "getStatus", "()I");
  private final ServerName server = new ServerName("jetty");

  JettyHook(Requests requests) {
    super(requests);
  }

  @Override
  public List<HookPoint> joinPoints() {
    // Jetty 12 has an interface of that name, see Jetty12Hook.
    return List.of(
        point(
            BEGIN,
            onReturn(CHANNEL, "onRequest", "(Lorg/eclipse/jetty/http/MetaData$Request;", SELF)
                .asOptional()),
        point(ENTER, entry(CHANNEL, "handle", "()", SELF).asOptional()),
        point(EXIT, always(CHANNEL, "handle", "()", SELF).asOptional()),
        point(END, entry(CHANNEL, "onCompleted", "()", SELF).asOptional()));
  }

  @Override
  void end(Object channel, @Nullable Object[] values, ThreadState thread) {
    requests.end(
        channel,
        status.integer(thread, response.of(thread, channel)),
        bytesRead.number(thread, request.of(thread, channel)),
        bytesWritten.number(thread, channel));
  }

  @Override
  void begin(Object channel, @Nullable Object[] values, ThreadState thread) {
    Object request = this.request.of(thread, channel);
    requests.begin(
        channel,
        new RequestLine(
            server.of(request),
            method.text(thread, request),
            path.text(thread, request),
            query.text(thread, request),
            remoteAddress.text(thread, request),
            header.text(thread, request, HttpHooks.FORWARDED_FOR),
            header.text(thread, request, HttpHooks.USER_AGENT)));
    // The thread that reads a request is not always the one that handles it.
    requests.exit();
  }
}
