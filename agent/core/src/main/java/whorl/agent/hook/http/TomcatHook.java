package whorl.agent.hook.http;

import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.JoinPoint.onReturn;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.ThreadState;

/**
 * Tomcat 9 to 11, at the adapter between its connectors and its container: before any valve, once a
 * request even if it is forwarded. The hook runs after Tomcat has parsed the request, because
 * reading the URI as text earlier changes how it is mapped. An asynchronous request comes back
 * through {@code asyncDispatch}, and is complete once the container reports that it is no longer
 * asynchronous.
 */
final class TomcatHook implements Hook {
  private static final String ADAPTER = "org/apache/catalina/connector/CoyoteAdapter";
  private static final String MESSAGES = "(Lorg/apache/coyote/Request;Lorg/apache/coyote/Response;";
  private static final String REQUEST = "org.apache.catalina.connector.Request";
  private static final String COYOTE_REQUEST = "org.apache.coyote.Request";
  private static final String COYOTE_RESPONSE = "org.apache.coyote.Response";
  private static final String TEXT = "()Ljava/lang/String;";

  private static final int BEGIN = 0;
  private static final int RESUME = 2;

  /** The index of the Coyote request's note that holds the container's request. */
  private static final int CONTAINERS_REQUEST = 1;

  private final Getter method = new Getter(REQUEST, "getMethod", TEXT);
  private final Getter path = new Getter(REQUEST, "getRequestURI", TEXT);
  private final Getter query = new Getter(REQUEST, "getQueryString", TEXT);
  private final Getter remoteAddress = new Getter(REQUEST, "getRemoteAddr", TEXT);
  private final Getter header =
      new Getter(REQUEST, "getHeader", "(Ljava/lang/String;)Ljava/lang/String;");
  private final Getter isAsync = new Getter(REQUEST, "isAsync", "()Z");
  private final Getter note = new Getter(COYOTE_REQUEST, "getNote", "(I)Ljava/lang/Object;");
  private final Getter bytesRead = new Getter(COYOTE_REQUEST, "getBytesRead", "()J");
  private final Getter status = new Getter(COYOTE_RESPONSE, "getStatus", "()I");
  private final Getter bytesWritten = new Getter(COYOTE_RESPONSE, "getBytesWritten", "(Z)J");
  private final ServerName server = new ServerName("tomcat");
  private final Requests requests;

  TomcatHook(Requests requests) {
    this.requests = requests;
  }

  @Override
  public String group() {
    return HttpHooks.GROUP;
  }

  @Override
  public List<JoinPoint> joinPoints() {
    return List.of(
        onReturn(
            ADAPTER,
            "postParseRequest",
            "(Lorg/apache/coyote/Request;Lorg/apache/catalina/connector/Request;",
            argument(0),
            argument(1)),
        always(ADAPTER, "service", MESSAGES, argument(0), argument(1)),
        entry(ADAPTER, "asyncDispatch", MESSAGES, argument(0)),
        always(ADAPTER, "asyncDispatch", MESSAGES, argument(0), argument(1)));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    Object key = values[0];
    if (key == null) {
      return;
    }
    switch (at) {
      case BEGIN -> begin(key, values[1]);
      case RESUME -> requests.enter(key);
      default -> {
        requests.exit();
        if (!Boolean.TRUE.equals(isAsync.of(note.of(key, CONTAINERS_REQUEST)))) {
          requests.end(
              key,
              status.of(values[1]),
              bytesRead.of(key),
              bytesWritten.of(values[1], Boolean.FALSE));
        }
      }
    }
  }

  private void begin(Object key, @Nullable Object request) {
    requests.begin(
        key,
        new RequestLine(
            server.of(request),
            method.text(request),
            path.text(request),
            query.text(request),
            remoteAddress.text(request),
            header.text(request, HttpHooks.FORWARDED_FOR),
            header.text(request, HttpHooks.USER_AGENT)));
  }
}
