package whorl.agent.hook.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.undertow.server.HttpServerExchange;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import whorl.agent.event.EventSink;
import whorl.agent.event.request.CurrentRequest;
import whorl.agent.event.time.EpochClock;
import whorl.agent.hook.weave.ThreadState;
import whorl.event.EventType;

class UndertowHookTest {
  private static final ThreadState THREAD = ThreadState.of(ThreadState.current());
  private static final Map<String, String> HTTP2 = Map.of("Upgrade", "h2c");
  private static final Map<String, String> WEB_SOCKET = Map.of("Upgrade", "WebSocket");

  private final EventSink sink = new EventSink(new EpochClock());
  private final UndertowHook hook = new UndertowHook(new Requests(sink, () -> {}));

  @AfterEach
  void noRequest() {
    CurrentRequest.set(null);
  }

  private void serve(Map<String, String> request, Map<String, String> response) {
    Object[] values = {new HttpServerExchange(request, response)};
    hook.observe(ServerHook.ENTER_OR_BEGIN, values, THREAD);
    hook.observe(ServerHook.END, values, THREAD);
  }

  @Test
  void request_thatComesAgainByHttp2_isNoEvent() {
    serve(HTTP2, HTTP2);

    assertThat(sink.snapshot()).isEmpty();
  }

  /** Undertow opens a web socket whatever the client asks to upgrade to. */
  @Test
  void request_thatAsksForHttp2AndOpensAWebSocket_isAnEvent() {
    serve(HTTP2, WEB_SOCKET);

    assertThat(sink.snapshot()).hasSize(1);
    assertThat(sink.snapshot().get(0).value(EventType.HTTP_REQUEST.indexOf("path")))
        .isEqualTo("/chat");
  }
}
