package whorl.agent.hook.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import whorl.agent.event.EventSink;
import whorl.agent.event.time.EpochClock;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;

class NativeCallHookTest {
  private final EventSink sink = new EventSink(new EpochClock());
  private final NativeCallHook hook = new NativeCallHook(sink);

  private static final class OwnStream extends FileInputStream {
    OwnStream() throws IOException {
      super("/dev/null");
    }
  }

  private static final class OwnLoader extends ClassLoader {}

  private static Class<?> ofTheJdk(String name) throws ClassNotFoundException {
    return Class.forName(name, false, null);
  }

  private void visit(String method, @Nullable Object... values) {
    for (HookPoint point : hook.joinPoints()) {
      if (point.joinPoint().method().equals(method)) {
        hook.observe(point.id(), values, ThreadState.of(ThreadState.current()));
        return;
      }
    }
    throw new AssertionError("not observed: " + method);
  }

  private List<Map<String, Object>> reported() {
    return sink.snapshot().stream().map(event -> event.toLine().fields()).toList();
  }

  private void assertReported(String type, String member) {
    assertThat(reported())
        .containsExactly(Map.of("className", type, "member", member, "by", "method handle"));
  }

  @Test
  void nativeMethod_foundThroughASubclassOfTheJdk_isReported() throws Exception {
    visit("findStatic", ofTheJdk("sun.nio.fs.LinuxNativeDispatcher"), "open0");

    assertReported("sun.nio.fs.UnixNativeDispatcher", "open0");
  }

  @Test
  void nativeMethod_foundThroughASubclassOfItsCaller_isReported() {
    visit("findVirtual", OwnStream.class, "open0");

    assertReported("java.io.FileInputStream", "open0");
  }

  @Test
  void nativeMethod_thatDefinesClasses_foundThroughALoader_isReported() {
    visit("findStatic", OwnLoader.class, "defineClass1");

    assertReported("java.lang.ClassLoader", "defineClass1");
  }

  @Test
  void nativeMethod_boundToAnObject_isReported() throws Exception {
    try (OwnStream stream = new OwnStream()) {
      visit("bind", stream, "open0");
    }

    assertReported("java.io.FileInputStream", "open0");
  }

  @Test
  void nativeMethod_thatCallsOthers_isReported() throws Exception {
    String accessor =
        Runtime.version().feature() < 18
            ? "jdk.internal.reflect.NativeMethodAccessorImpl"
            : "jdk.internal.reflect.DirectMethodHandleAccessor$NativeAccessor";
    visit("findStatic", ofTheJdk(accessor), "invoke0");
    visit("findVirtual", ofTheJdk(accessor), "invoke");

    assertReported(accessor, "invoke0");
  }

  @Test
  void methodsOfAnApplication_areNotReported() {
    visit("findVirtual", OwnLoader.class, "loadClass");
    visit("findVirtual", OwnLoader.class, "step1");
    visit("findVirtual", OwnStream.class, "read0");
    visit("bind", "text", "length");

    assertThat(reported()).isEmpty();
  }
}
