package whorl.agent.hook.http;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.JoinPoint.onReturn;
import static whorl.agent.hook.weave.Operand.SELF;
import static whorl.agent.hook.weave.Operand.argument;

import java.lang.ref.WeakReference;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.MemoryBudget;
import whorl.agent.event.request.RequestLine;
import whorl.agent.hook.handover.WeakTable;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.Operand;
import whorl.agent.hook.weave.ThreadState;

/**
 * The JDK's own server, from the creation of the exchange that filters and handler receive. An
 * exchange is complete when its output is closed, or its connection, which has one exchange at a
 * time.
 */
final class JdkServerHook extends ServerHook {
  private static final String PACKAGE = "sun/net/httpserver/";
  private static final String EXCHANGE = PACKAGE + "ExchangeImpl";
  private static final Operand CONNECTION =
      new Operand.ArgumentField(0, EXCHANGE, "connection", "L" + PACKAGE + "HttpConnection;");
  private static final String PUBLIC_EXCHANGE = "com.sun.net.httpserver.HttpExchange";
  private static final String HEADERS = "com.sun.net.httpserver.Headers";
  private static final String HEADERS_GETTER = "()Lcom/sun/net/httpserver/Headers;";
  private static final int ROW_BITS = 9;

  /** The response's headers are sent, with its length. */
  private static final int ANSWERED = OTHER;

  /**
   * An exchange in progress. The response's headers are not read, because they hold lists of the
   * application's own class.
   */
  private static final class ExchangeState {
    final WeakReference<Object> exchange;
    volatile @Nullable Long responseBytes;

    ExchangeState(Object exchange) {
      this.exchange = new WeakReference<>(exchange);
    }
  }

  private final Getter method =
      new Getter(PUBLIC_EXCHANGE, "getRequestMethod", "()Ljava/lang/String;");
  private final Getter uri = new Getter(PUBLIC_EXCHANGE, "getRequestURI", "()Ljava/net/URI;");
  private final Getter remote =
      new Getter(PUBLIC_EXCHANGE, "getRemoteAddress", "()Ljava/net/InetSocketAddress;");
  private final Getter requestHeaders =
      new Getter(PUBLIC_EXCHANGE, "getRequestHeaders", HEADERS_GETTER);
  private final Getter status = new Getter(PUBLIC_EXCHANGE, "getResponseCode", "()I");
  private final Getter first =
      new Getter(HEADERS, "getFirst", "(Ljava/lang/String;)Ljava/lang/String;");

  /** Exchanges by connection. */
  private final WeakTable<ExchangeState> exchanges =
      new WeakTable<>(MemoryBudget.OF_THIS_JVM.tableBits(ROW_BITS));

  JdkServerHook(Requests requests) {
    super(requests);
  }

  @Override
  public List<HookPoint> joinPoints() {
    return List.of(
        begin("HttpExchangeImpl"),
        begin("HttpsExchangeImpl"),
        point(EXIT, always(PACKAGE + "ServerImpl$Exchange", "run", "()")),
        writeFinished("Event$WriteFinished"),
        writeFinished("WriteFinishedEvent"),
        point(END, entry(PACKAGE + "HttpConnection", "close", "()", SELF)),
        point(
            ANSWERED,
            onReturn(
                EXCHANGE,
                "sendResponseHeaders",
                "(IJ)",
                new Operand.SelfField("connection", "L" + PACKAGE + "HttpConnection;"),
                argument(1))));
  }

  private static HookPoint begin(String exchange) {
    String descriptor = "(L" + EXCHANGE + ";";
    return point(BEGIN, onReturn(PACKAGE + exchange, "<init>", descriptor, CONNECTION, SELF));
  }

  private static HookPoint writeFinished(String event) {
    String descriptor = "(L" + EXCHANGE + ";";
    return point(END, onReturn(PACKAGE + event, "<init>", descriptor, CONNECTION).asOptional());
  }

  @Override
  void begin(Object connection, @Nullable Object[] values, ThreadState thread) {
    Object exchange = values[1];
    if (exchange == null) {
      return;
    }
    exchanges.put(connection, new ExchangeState(exchange));
    URI target = uri.of(thread, exchange) instanceof URI known ? known : null;
    InetSocketAddress from =
        remote.of(thread, exchange) instanceof InetSocketAddress known ? known : null;
    Object headers = requestHeaders.of(thread, exchange);
    requests.begin(
        connection,
        new RequestLine(
            "jdk",
            method.text(thread, exchange),
            target == null ? null : target.getRawPath(),
            target == null ? null : target.getRawQuery(),
            HttpHooks.address(from),
            first.text(thread, headers, HttpHooks.FORWARDED_FOR),
            first.text(thread, headers, HttpHooks.USER_AGENT)));
  }

  /** A length of 0 means that it is not known yet, a negative one that there is no body. */
  @Override
  void observeOther(int at, Object connection, @Nullable Object[] values, ThreadState thread) {
    if (at != ANSWERED) {
      throw HookPoint.unknown(at);
    }
    Object length = values[1];
    ExchangeState state = exchanges.get(connection);
    if (state != null && length instanceof Long bytes && bytes > 0) {
      state.responseBytes = bytes;
    }
  }

  @Override
  void end(Object connection, @Nullable Object[] values, ThreadState thread) {
    ExchangeState state = exchanges.remove(connection);
    Object exchange = state == null ? null : state.exchange.get();
    requests.end(
        connection,
        status.integer(thread, exchange),
        HttpHooks.number(
            first.text(thread, requestHeaders.of(thread, exchange), HttpHooks.CONTENT_LENGTH)),
        state == null ? null : state.responseBytes);
  }
}
