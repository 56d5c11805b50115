package whorl.collector.recording;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HookFramesTest {
  /** The frames that remain of a stack. */
  private static List<String> remaining(String... frames) {
    HookFrames hook = new HookFrames();
    List<String> left = new ArrayList<>();
    for (String frame : frames) {
      left.add(frame);
      if (hook.endsWith(frame.getBytes(UTF_8))) {
        left.clear();
      }
    }
    return left;
  }

  @Test
  void hookStack_beginsAfterTheHolder() {
    assertThat(
            remaining(
                "whorl.agent.event.EventSink.emit",
                "java.util.concurrent.CompletableFuture.whenComplete",
                "whorl.agent.hook.system.ProcessHook.observe",
                "java.lang.WhorlHooks.visit",
                "java.lang.WhorlHooks.observe",
                "java.lang.ProcessImpl.start",
                "com.example.Shop.run"))
        .containsExactly("java.lang.ProcessImpl.start", "com.example.Shop.run");
  }

  @Test
  void codeWithTheAgentsPackageName_staysVisible() {
    assertThat(remaining("java.lang.ProcessImpl.start", "whorl.agent.Evil.run", "x.Y.z"))
        .containsExactly("java.lang.ProcessImpl.start", "whorl.agent.Evil.run", "x.Y.z");
    assertThat(remaining("whorl.agent.Hook.a", "java.lang.WhorlHooks.b", "whorl.agent.Evil.run"))
        .containsExactly("whorl.agent.Evil.run");
  }

  @Test
  void holderBelowOtherCode_cutsNothing() {
    assertThat(remaining("x.Y.z", "java.lang.WhorlHooks.b", "x.Y.main")).hasSize(3);
    assertThat(remaining("java.lang.WhorlHooks.b", "x.Y.z", "java.lang.WhorlHooks.b", "x.Y.main"))
        .containsExactly("x.Y.z", "java.lang.WhorlHooks.b", "x.Y.main");
  }
}
