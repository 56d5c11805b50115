package whorl.agent.hook.http;

import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.JoinPoint.onReturn;
import static whorl.agent.hook.weave.Operand.SELF;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.ThreadState;

/**
 * Jetty 9.4 to 11, at the channel, which has one request at a time, for any HTTP version: once a
 * request, before any handler. {@code handle} runs for its first dispatch and for each asynchronous
 * one.
 */
final class JettyHook implements Hook {
  private static final String CHANNEL = "org/eclipse/jetty/server/HttpChannel";
  private static final String CHANNEL_NAME = "org.eclipse.jetty.server.HttpChannel";
  private static final String REQUEST = "org.eclipse.jetty.server.Request";
  private static final String RESPONSE = "org.eclipse.jetty.server.Response";
  private static final String TEXT = "()Ljava/lang/String;";

  private static final int BEGIN = 0;
  private static final int ENTER = 1;
  private static final int EXIT = 2;

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
  private final Requests requests;

  JettyHook(Requests requests) {
    this.requests = requests;
  }

  @Override
  public String group() {
    return HttpHooks.GROUP;
  }

  @Override
  public List<JoinPoint> joinPoints() {
    // Jetty 12 has an interface of that name, see Jetty12Hook.
    return List.of(
        onReturn(CHANNEL, "onRequest", "(Lorg/eclipse/jetty/http/MetaData$Request;", SELF)
            .asOptional(),
        entry(CHANNEL, "handle", "()", SELF).asOptional(),
        always(CHANNEL, "handle", "()", SELF).asOptional(),
        entry(CHANNEL, "onCompleted", "()", SELF).asOptional());
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    Object channel = values[0];
    if (channel == null) {
      return;
    }
    switch (at) {
      case BEGIN -> begin(channel, request.of(channel));
      case ENTER -> requests.enter(channel);
      case EXIT -> requests.exit();
      default ->
          requests.end(
              channel,
              status.of(response.of(channel)),
              bytesRead.of(request.of(channel)),
              bytesWritten.of(channel));
    }
  }

  private void begin(Object channel, @Nullable Object request) {
    requests.begin(
        channel,
        new RequestLine(
            server.of(request),
            method.text(request),
            path.text(request),
            query.text(request),
            remoteAddress.text(request),
            header.text(request, HttpHooks.FORWARDED_FOR),
            header.text(request, HttpHooks.USER_AGENT)));
    // The thread that reads a request is not always the one that handles it.
    requests.exit();
  }
}
