package whorl.agent.hook.end;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import whorl.agent.event.request.CurrentRequest;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;
import whorl.event.RequestContext;

class EndHookTest {
  private final EndHook hook = new EndHook();
  private final AtomicInteger inGoodOrder = new AtomicInteger();

  @AfterEach
  void noRequest() {
    CurrentRequest.set(null);
  }

  private void halt() {
    int halt =
        hook.joinPoints().stream()
            .filter(point -> point.joinPoint().method().equals("halt"))
            .mapToInt(HookPoint::id)
            .findFirst()
            .orElseThrow();
    hook.observe(halt, new Object[] {0}, ThreadState.of(ThreadState.current()));
  }

  @Test
  void halt_byTheApplicationItself_isGoodOrder() {
    hook.listen(ending -> {}, inGoodOrder::incrementAndGet);

    halt();

    assertThat(inGoodOrder).hasValue(1);
  }

  /** It would take the last second of an attack with it, and nothing would be reported. */
  @Test
  void halt_byARequest_isLeftToTheNextJvmToReport() {
    hook.listen(ending -> {}, inGoodOrder::incrementAndGet);
    CurrentRequest.set(new RequestContext("r-1", "POST", "/run", "192.0.2.1"));

    halt();

    assertThat(inGoodOrder).hasValue(0);
  }
}
