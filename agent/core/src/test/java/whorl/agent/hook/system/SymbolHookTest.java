package whorl.agent.hook.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import whorl.agent.event.EventSink;
import whorl.agent.event.request.CurrentRequest;
import whorl.agent.event.time.EpochClock;
import whorl.agent.hook.weave.ThreadState;
import whorl.event.RequestContext;

class SymbolHookTest {
  private final EventSink sink = new EventSink(new EpochClock());
  private final SymbolHook hook = new SymbolHook(sink);

  @AfterEach
  void noRequest() {
    CurrentRequest.set(null);
  }

  private void lookUp(String symbol) {
    hook.observe(0, new Object[] {symbol}, ThreadState.of(ThreadState.current()));
  }

  private List<Object> reported() {
    return sink.snapshot().stream().map(event -> event.value(0)).toList();
  }

  @Test
  void dangerousSymbol_isReported_afterAnyNumberOfHarmlessOnes() {
    CurrentRequest.set(new RequestContext("r-1", "GET", "/render", "192.0.2.1"));
    for (int i = 0; i < 1_000; i++) {
      lookUp("cairo_harmless_" + i);
    }
    CurrentRequest.set(null);

    lookUp("system");

    assertThat(reported()).contains("cairo_harmless_0", "system").hasSizeLessThan(1_000);
  }

  @Test
  void privateNamesOfTheSameFunctions_areReported() {
    for (String symbol :
        new String[] {
          "__libc_system", "_IO_popen", "__fork", "__libc_dlopen_mode", "__execve", "syscall"
        }) {
      lookUp(symbol);

      assertThat(reported()).contains(symbol);
    }
  }

  @Test
  void harmlessSymbol_withoutARequest_isOnlyCounted() {
    for (String symbol : new String[] {"", "_", "__", "libc_system_x", "malloc", "system_of_a"}) {
      lookUp(symbol);
    }

    assertThat(reported()).isEmpty();
    assertThat(hook.losses()).containsEntry("symbols.passedOver", 6L);
  }
}
