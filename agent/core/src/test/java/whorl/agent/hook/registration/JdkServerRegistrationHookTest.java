package whorl.agent.hook.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import whorl.agent.event.EventSink;
import whorl.agent.event.request.CurrentRequest;
import whorl.agent.event.time.EpochClock;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.Operand;
import whorl.agent.hook.weave.ThreadState;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.event.RequestContext;

class JdkServerRegistrationHookTest {
  private final List<AgentEvent> emitted = new ArrayList<>();
  private final EventSink sink = new EventSink(new EpochClock());
  private final JdkServerRegistrationHook hook =
      new JdkServerRegistrationHook(
          new Registrations(sink, new LiveRoots(), new LateRegistrations()));

  @AfterEach
  void noRequest() {
    CurrentRequest.set(null);
  }

  private List<String> watched() {
    return hook.joinPoints().stream()
        .map(HookPoint::joinPoint)
        .map(point -> point.owner() + "." + point.method() + " " + point.operands())
        .toList();
  }

  @Test
  void contextThatGetsItsHandlerLater_isWatched() {
    Operand server = new Operand.SelfField("server", "Lsun/net/httpserver/ServerImpl;");
    Operand path = new Operand.SelfField("path", "Ljava/lang/String;");
    List<Operand> operands = List.of(server, path, Operand.argument(0));
    assertThat(watched())
        .contains(
            "sun/net/httpserver/HttpContextImpl.setHandler " + operands,
            "sun/net/httpserver/HttpContextImpl.setAuthenticator " + operands);
  }

  @Test
  void handlerOfARequest_isReported_andNoneIsNot() {
    sink.forwardTo(emitted::add);
    CurrentRequest.set(new RequestContext("1", "GET", "/one", "::1"));

    observe("a handler");
    observe(null);

    assertThat(emitted).extracting(AgentEvent::type).containsExactly(EventType.REGISTRATION);
  }

  private void observe(@Nullable Object handler) {
    @Nullable Object[] values = {new Object(), "/shell", handler};
    hook.observe(0, values, ThreadState.of(ThreadState.current()));
  }
}
