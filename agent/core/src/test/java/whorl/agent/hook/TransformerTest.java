package whorl.agent.hook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Timer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import whorl.agent.event.EventSink;
import whorl.agent.event.time.EpochClock;
import whorl.agent.hook.code.GeneratedClasses;
import whorl.agent.hook.code.StartupPhase;
import whorl.agent.hook.tamper.TamperHook;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.Weaver;

/** Classes that were loaded without a call of the transformer are woven afterwards. */
class TransformerTest {
  private static final String TIMER = "java/util/Timer";

  private final Weaver weaver = new Weaver();
  private final Failures failures = new Failures();
  private final EventSink sink = new EventSink(new EpochClock());
  private final Transformer transformer =
      new Transformer(
          weaver,
          null,
          failures,
          new TamperHook(sink, thread -> false),
          new GeneratedClasses(sink, new StartupPhase(), 0));
  private final List<Class<?>> retransformed = new ArrayList<>();
  private @Nullable Error refusal;

  /** A JVM that calls the transformer on request, or refuses the class. */
  private final Instrumentation instrumentation =
      (Instrumentation)
          Proxy.newProxyInstance(
              TransformerTest.class.getClassLoader(),
              new Class<?>[] {Instrumentation.class},
              (self, method, arguments) -> {
                if (method.getName().equals("isModifiableClass")) {
                  return true;
                }
                if (refusal != null) {
                  throw refusal;
                }
                for (Class<?> type : (Class<?>[]) arguments[0]) {
                  retransformed.add(type);
                  load(type, type);
                }
                return null;
              });

  private void load(Class<?> type, @Nullable Class<?> redefined) throws IOException {
    String name = type.getName().replace('.', '/');
    try (InputStream in = ClassLoader.getSystemResourceAsStream(name + ".class")) {
      transformer.transform(
          type.getClassLoader(),
          name,
          redefined,
          null,
          in == null ? new byte[0] : in.readAllBytes());
    }
  }

  @Test
  void missedClass_isWovenOnce() {
    weaver.add(JoinPoint.entry(TIMER, "cancel", "()"), 1);
    Class<?>[] loaded = {String.class, Timer[].class, Timer.class};

    transformer.weaveMissed(instrumentation, loaded);
    transformer.weaveMissed(instrumentation, loaded);

    assertThat(retransformed).containsExactly(Timer.class);
    assertThat(weaver.notWoven()).isEmpty();
  }

  @Test
  void offeredClass_isNotRetransformed() throws IOException {
    weaver.add(JoinPoint.entry(TIMER, "cancel", "()"), 1);
    load(Timer.class, null);

    transformer.weaveMissed(instrumentation, new Class<?>[] {Timer.class});

    assertThat(retransformed).isEmpty();
  }

  @Test
  void optionalJoinPoint_ofRefusedClass_isReported_andNotTriedAgain() {
    weaver.add(JoinPoint.entry(TIMER, "cancel", "()").asOptional(), 1);
    refusal = new VerifyError("not as it should be");

    transformer.weaveMissed(instrumentation, new Class<?>[] {Timer.class});
    refusal = null;
    transformer.weaveMissed(instrumentation, new Class<?>[] {Timer.class});

    assertThat(retransformed).isEmpty();
    assertThat(weaver.notWoven())
        .singleElement()
        .asString()
        .startsWith("java.util.Timer.cancel: the JVM refuses the class: java.lang.VerifyError");
    assertThat(failures.count()).isEqualTo(1);
  }
}
