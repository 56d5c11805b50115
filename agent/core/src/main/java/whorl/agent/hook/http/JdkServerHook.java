package whorl.agent.hook.http;

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
import whorl.agent.hook.handover.WeakTable;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.Operand;
import whorl.agent.hook.weave.ThreadState;

/**
 * The JDK's own server, from the creation of the exchange that filters and handler receive. An
 * exchange is complete when its output is closed, or its connection, which has one exchange at a
 * time.
 */
final class JdkServerHook implements Hook {
  private static final String PACKAGE = "sun/net/httpserver/";
  private static final String EXCHANGE = PACKAGE + "ExchangeImpl";
  private static final Operand CONNECTION =
      new Operand.ArgumentField(0, EXCHANGE, "connection", "L" + PACKAGE + "HttpConnection;");
  private static final String PUBLIC_EXCHANGE = "com.sun.net.httpserver.HttpExchange";
  private static final String HEADERS = "com.sun.net.httpserver.Headers";
  private static final String HEADERS_GETTER = "()Lcom/sun/net/httpserver/Headers;";
  private static final int ROW_BITS = 9;

  private static final int EXIT = 2;
  private static final int ANSWER = 6;

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
  private final Requests requests;

  /** Exchanges by connection. */
  private final WeakTable<ExchangeState> exchanges =
      new WeakTable<>(MemoryBudget.OF_THIS_JVM.tableBits(ROW_BITS));

  JdkServerHook(Requests requests) {
    this.requests = requests;
  }

  @Override
  public String group() {
    return HttpHooks.GROUP;
  }

  @Override
  public List<JoinPoint> joinPoints() {
    return List.of(
        onReturn(PACKAGE + "HttpExchangeImpl", "<init>", "(L" + EXCHANGE + ";", CONNECTION, SELF),
        onReturn(PACKAGE + "HttpsExchangeImpl", "<init>", "(L" + EXCHANGE + ";", CONNECTION, SELF),
        always(PACKAGE + "ServerImpl$Exchange", "run", "()"),
        onReturn(PACKAGE + "Event$WriteFinished", "<init>", "(L" + EXCHANGE + ";", CONNECTION)
            .asOptional(),
        onReturn(PACKAGE + "WriteFinishedEvent", "<init>", "(L" + EXCHANGE + ";", CONNECTION)
            .asOptional(),
        entry(PACKAGE + "HttpConnection", "close", "()", SELF),
        onReturn(
            EXCHANGE,
            "sendResponseHeaders",
            "(IJ)",
            new Operand.SelfField("connection", "L" + PACKAGE + "HttpConnection;"),
            argument(1)));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    if (at == EXIT) {
      requests.exit();
      return;
    }
    Object connection = values[0];
    if (connection == null) {
      return;
    }
    if (at == ANSWER) {
      answered(connection, values[1]);
    } else if (at < EXIT) {
      Object exchange = values[1];
      if (exchange != null) {
        exchanges.put(connection, new ExchangeState(exchange));
        begin(connection, exchange);
      }
    } else {
      end(connection);
    }
  }

  private void begin(Object connection, Object exchange) {
    URI target = uri.of(exchange) instanceof URI known ? known : null;
    InetSocketAddress from = remote.of(exchange) instanceof InetSocketAddress known ? known : null;
    Object headers = requestHeaders.of(exchange);
    requests.begin(
        connection,
        new RequestLine(
            "jdk",
            method.text(exchange),
            target == null ? null : target.getRawPath(),
            target == null ? null : target.getRawQuery(),
            HttpHooks.address(from),
            first.text(headers, HttpHooks.FORWARDED_FOR),
            first.text(headers, HttpHooks.USER_AGENT)));
  }

  /** A length of 0 means that it is not known yet, a negative one that there is no body. */
  private void answered(Object connection, @Nullable Object length) {
    ExchangeState state = exchanges.get(connection);
    if (state != null && length instanceof Long bytes && bytes > 0) {
      state.responseBytes = bytes;
    }
  }

  private void end(Object connection) {
    ExchangeState state = exchanges.remove(connection);
    Object exchange = state == null ? null : state.exchange.get();
    requests.end(
        connection,
        status.of(exchange),
        HttpHooks.number(first.text(requestHeaders.of(exchange), HttpHooks.CONTENT_LENGTH)),
        state == null ? null : state.responseBytes);
  }
}
