package whorl.agent.hook.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.netty.http.server.Http2WebsocketServerOperations;
import reactor.netty.http.server.HttpServerOperations;
import reactor.netty.http.server.WebsocketServerOperations;
import whorl.agent.event.EventSink;
import whorl.agent.event.request.CurrentRequest;
import whorl.agent.event.time.EpochClock;
import whorl.agent.hook.weave.ThreadState;
import whorl.event.EventType;

class ReactorNettyHookTest {
  private static final ThreadState THREAD = ThreadState.of(ThreadState.current());
  private static final Object HANDSHAKE = "promise";

  private final EventSink sink = new EventSink(new EpochClock());
  private final ReactorNettyHook hook = new ReactorNettyHook(new Requests(sink, () -> {}));
  private final HttpServerOperations get = new HttpServerOperations(HttpMethod.GET);
  private final HttpServerOperations connect = new HttpServerOperations(HttpMethod.CONNECT);

  @AfterEach
  void noRequest() {
    CurrentRequest.set(null);
  }

  private void begin(HttpServerOperations operations) {
    Object message = new DefaultHttpRequest(HttpVersion.HTTP_1_1, operations.method(), "/chat");
    hook.observe(ServerHook.ENTER_OR_BEGIN, new Object[] {operations, message}, THREAD);
  }

  private void open(
      HttpServerOperations replaced, @Nullable Object handshake, WebsocketServerOperations socket) {
    hook.observe(ServerHook.OTHER, new Object[] {replaced, handshake, socket}, THREAD);
  }

  private void terminate(HttpServerOperations operations) {
    hook.observe(ServerHook.END, new Object[] {operations}, THREAD);
  }

  private @Nullable Object field(String name) {
    return sink.snapshot().get(0).value(EventType.HTTP_REQUEST.indexOf(name));
  }

  @Test
  void request_thatOpensAWebSocket_isOneEvent() {
    WebsocketServerOperations socket = new WebsocketServerOperations(get);
    begin(get);
    open(get, HANDSHAKE, socket);
    terminate(socket);
    terminate(get);

    assertThat(sink.snapshot()).hasSize(1);
    assertThat(field("path")).isEqualTo("/chat");
    assertThat(field("query")).isEqualTo("room=1");
    assertThat(field("status")).isEqualTo(101);
  }

  @Test
  void request_thatOpensAWebSocketByHttp2_isAnEventWithItsStatus() {
    begin(connect);
    open(connect, HANDSHAKE, new Http2WebsocketServerOperations(connect));

    assertThat(sink.snapshot()).hasSize(1);
    assertThat(field("method")).isEqualTo("CONNECT");
    assertThat(field("status")).isEqualTo(200);
  }

  /** Of an unknown version of the protocol: the server makes no promise of a handshake. */
  @Test
  void request_whoseWebSocketIsRefused_isAnEventWhenItEnds() {
    begin(get);
    open(get, null, new WebsocketServerOperations(get));
    open(get, HANDSHAKE, new Http2WebsocketServerOperations(get));
    assertThat(sink.snapshot()).isEmpty();

    terminate(get);
    assertThat(sink.snapshot()).hasSize(1);
  }

  @Test
  void webSocket_ofARequestFromBeforeTheAgent_isNoEvent() {
    open(get, HANDSHAKE, new WebsocketServerOperations(get));

    assertThat(sink.snapshot()).isEmpty();
  }
}
