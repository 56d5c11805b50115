package whorl.agent.hook.weave;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import whorl.agent.probe.TestInstrumentation;

class HolderTest {
  /** Code that opens java.lang could end the observation by them. */
  @Test
  void fields_areHiddenFromReflection() throws Exception {
    Holder holder = TestHolder.of(TestInstrumentation.get());

    assertThat(Class.forName("java.lang.WhorlHooks").getDeclaredFields()).isEmpty();
    holder.armTasks((task, what) -> {});
    assertThat(holder.missedVisits()).isNotNegative();
  }
}
