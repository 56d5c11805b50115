package whorl.agent.hook.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;
import whorl.agent.event.EventSink;
import whorl.agent.event.time.EpochClock;
import whorl.agent.hook.weave.ThreadState;

class JndiHookTest {
  private static final int LOOKUP = 0;

  private final EventSink sink = new EventSink(new EpochClock());
  private final JndiHook hook = new JndiHook(sink);

  @Test
  void longName_isReported_andNotKeptByItsThread() {
    WeakReference<String> name = lookUpALongName();

    assertThat(sink.emitted()).isEqualTo(1);
    await()
        .until(
            () -> {
              System.gc();
              return name.get() == null;
            });
  }

  private WeakReference<String> lookUpALongName() {
    String name = "ldap://directory.example/".concat("a".repeat(1 << 20));
    hook.observe(LOOKUP, new Object[] {name}, ThreadState.of(ThreadState.current()));
    return new WeakReference<>(name);
  }
}
