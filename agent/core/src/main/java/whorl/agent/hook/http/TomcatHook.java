package whorl.agent.hook.http;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.JoinPoint.onReturn;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.request.RequestLine;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;

/**
 * Tomcat 9 to 11, at the adapter between its connectors and its container: before any valve, once a
 * request even if it is forwarded. The hook runs after Tomcat has parsed the request, because
 * reading the URI as text earlier changes how it is mapped. An asynchronous request comes back
 * through {@code asyncDispatch}, and is complete once the container reports that it is no longer
 * asynchronous.
 */
final class TomcatHook extends ServerHook {
  private static final String ADAPTER = "org/apache/catalina/connector/CoyoteAdapter";
  private static final String MESSAGES = "(Lorg/apache/coyote/Request;Lorg/apache/coyote/Response;";
  private static final String REQUEST = "org.apache.catalina.connector.Request";
  private static final String COYOTE_REQUEST = "org.apache.coyote.Request";
  private static final String COYOTE_RESPONSE = "org.apache.coyote.Response";
  private static final String TEXT = "()Ljava/lang/String;";

  /** The adapter returns: the thread exits, and the request ends unless it is asynchronous. */
  private static final int LEAVE = OTHER;

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

  TomcatHook(Requests requests) {
    super(requests);
  }

  @Override
  public List<HookPoint> joinPoints() {
    return List.of(
        point(
            BEGIN,
            onReturn(
                ADAPTER,
                "postParseRequest",
                "(Lorg/apache/coyote/Request;Lorg/apache/catalina/connector/Request;",
                argument(0),
                argument(1))),
        point(LEAVE, always(ADAPTER, "service", MESSAGES, argument(0), argument(1))),
        point(ENTER, entry(ADAPTER, "asyncDispatch", MESSAGES, argument(0))),
        point(LEAVE, always(ADAPTER, "asyncDispatch", MESSAGES, argument(0), argument(1))));
  }

  @Override
  void observeOther(int at, Object key, @Nullable Object[] values, ThreadState thread) {
    if (at != LEAVE) {
      throw HookPoint.unknown(at);
    }
    requests.exit();
    if (!Boolean.TRUE.equals(isAsync.of(thread, note.of(thread, key, CONTAINERS_REQUEST)))) {
      end(key, values, thread);
    }
  }

  @Override
  void end(Object key, @Nullable Object[] values, ThreadState thread) {
    Object response = values[1];
    requests.end(
        key,
        status.integer(thread, response),
        bytesRead.number(thread, key),
        bytesWritten.number(thread, response, Boolean.FALSE));
  }

  @Override
  void begin(Object key, @Nullable Object[] values, ThreadState thread) {
    Object request = values[1];
    requests.begin(
        key,
        new RequestLine(
            server.of(request),
            method.text(thread, request),
            path.text(thread, request),
            query.text(thread, request),
            remoteAddress.text(thread, request),
            header.text(thread, request, HttpHooks.FORWARDED_FOR),
            header.text(thread, request, HttpHooks.USER_AGENT)));
  }
}
