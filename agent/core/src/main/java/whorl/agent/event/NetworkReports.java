package whorl.agent.event;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.request.RequestLine;
import whorl.event.EventType;
import whorl.event.RequestContext;

/**
 * Emits the events of sockets, name look-ups and requests.
 *
 * <p>A method has one parameter for each field, with the field's name, in the order of {@link
 * EventType#fields}; {@code EventReportsTest} proves it. So a caller cannot swap values of
 * different types. It allocates no more than {@link EventSink#emit} itself.
 */
public final class NetworkReports {
  private NetworkReports() {}

  /**
   * @param address an address, or the path of a Unix domain socket
   * @param port 0 without a port
   * @param namedByRequest null for a Unix domain socket
   */
  public static void connected(
      EventSink sink,
      @Nullable String host,
      @Nullable String address,
      int port,
      String transport,
      @Nullable Boolean namedByRequest) {
    sink.emit(EventType.SOCKET_CONNECT, host, address, port, transport, namedByRequest);
  }

  /**
   * @param localPort 0 if it is unknown
   */
  public static void accepted(EventSink sink, @Nullable String address, int port, int localPort) {
    sink.emit(EventType.SOCKET_ACCEPT, address, port, localPort);
  }

  public static void bound(EventSink sink, @Nullable String address, int port) {
    sink.emit(EventType.SOCKET_BIND, address, port);
  }

  /**
   * @param addresses empty if the look-up failed
   */
  public static void resolved(EventSink sink, @Nullable String host, List<String> addresses) {
    sink.emit(EventType.DNS_LOOKUP, host, addresses);
  }

  /**
   * Reports a request whose response is complete, on any thread.
   *
   * @param status 0 or less if none was sent
   * @param requestBytes size of the request's body; null if unknown
   * @param responseBytes size of the response's body; null if unknown
   * @param elapsedNanos since the request arrived
   */
  public static void requestAnswered(
      EventSink sink,
      RequestContext request,
      RequestLine line,
      @Nullable Integer status,
      @Nullable Long requestBytes,
      @Nullable Long responseBytes,
      long elapsedNanos) {
    sink.emitAnswered(
        request,
        line.method(),
        line.path(),
        line.query(),
        line.remoteAddress(),
        status,
        line.server(),
        line.forwardedFor(),
        line.userAgent(),
        requestBytes,
        responseBytes,
        elapsedNanos,
        line.truncated());
  }
}
