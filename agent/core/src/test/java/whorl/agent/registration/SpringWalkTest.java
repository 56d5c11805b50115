package whorl.agent.registration;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.Reference;
import java.util.HashMap;
import java.util.Map;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.modifier.Visibility;
import net.bytebuddy.dynamic.loading.ByteArrayClassLoader;
import net.bytebuddy.implementation.MethodCall;
import org.junit.jupiter.api.Test;
import whorl.agent.hook.registration.LiveRoots;
import whorl.agent.hook.weave.ThreadState;

class SpringWalkTest {
  private static final String BASE =
      "org.springframework.web.servlet.handler.AbstractHandlerMapping";
  private static final String KEY = "org.springframework.web.servlet.mvc.method.RequestMappingInfo";

  /** Called by the classes that this test makes. */
  public static final class Threads {
    private Threads() {}

    /** Whether a hook is active on this thread, so that what happens is not observed. */
    public static String unobserved() {
      return String.valueOf(ThreadState.busyNow());
    }
  }

  /** Any code can define classes of such names in a loader of its own. */
  @Test
  void walk_mappingWithSpringsNames_isCalledWhileTheThreadIsObserved() throws Exception {
    ByteArrayClassLoader loader =
        new ByteArrayClassLoader(SpringWalkTest.class.getClassLoader(), false, Map.of());
    byte[] base =
        new ByteBuddy()
            .subclass(Object.class)
            .modifiers(Visibility.PUBLIC)
            .name(BASE)
            .defineField("handlerMap", Map.class, Visibility.PUBLIC)
            .make()
            .getBytes();
    byte[] key =
        new ByteBuddy()
            .subclass(Object.class)
            .modifiers(Visibility.PUBLIC)
            .name(KEY)
            .method(named("toString"))
            .intercept(MethodCall.invoke(Threads.class.getMethod("unobserved")))
            .make()
            .getBytes();
    Class<?> mappingType = loader.defineClass(BASE, base);
    Object mapping = mappingType.getDeclaredConstructor().newInstance();
    Object handler = new StringBuilder();
    Map<Object, Object> handlers = new HashMap<>();
    handlers.put(loader.defineClass(KEY, key).getDeclaredConstructor().newInstance(), handler);
    mappingType.getField("handlerMap").set(mapping, handlers);
    LiveRoots roots = new LiveRoots();
    roots.note(LiveRoots.Kind.SPRING_MAPPING, mapping);
    LiveRegistrations registrations = new LiveRegistrations(roots, (module, name) -> {});
    byte[] state = ThreadState.current();
    ThreadState.busy(state, true); // as a thread of the agent is
    LiveRegistrations.Found found;
    try {
      found = registrations.walk();
    } finally {
      ThreadState.busy(state, false);
    }

    Reference.reachabilityFence(mapping);
    assertThat(found.registered())
        .contains(new Registered("spring-mapping", StringBuilder.class, "false", BASE));
  }
}
