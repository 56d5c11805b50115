package whorl.agent.hook.registration;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static org.assertj.core.api.Assertions.assertThat;

import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.modifier.Visibility;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.dynamic.loading.ByteArrayClassLoader;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import net.bytebuddy.implementation.ExceptionMethod;
import net.bytebuddy.implementation.FixedValue;
import net.bytebuddy.implementation.Implementation;
import net.bytebuddy.implementation.MethodCall;
import org.junit.jupiter.api.Test;
import whorl.agent.hook.weave.ThreadState;

class SpringMappingsTest {
  private static final String MAPPING =
      "org.springframework.web.servlet.mvc.method.RequestMappingInfo";
  private static final ClassLoader TEST = SpringMappingsTest.class.getClassLoader();
  private static final Implementation TEXT = FixedValue.value("{GET [/x]}");
  private static final Implementation FAILS = ExceptionMethod.throwing(AssertionError.class);

  @Test
  void text_ofText_isTheText() {
    assertThat(SpringMappings.text(this, "/path")).isEqualTo("/path");
  }

  @Test
  void text_mappingOfTheRegistrysLoader_isCalled() throws Exception {
    Class<?> mapping = defineClass(MAPPING, TEXT, TEST);
    Class<?> registry = defineClass("example.Registry", FAILS, mapping.getClassLoader());
    assertThat(SpringMappings.text(object(registry), object(mapping))).isEqualTo("{GET [/x]}");
  }

  @Test
  void text_mappingOfThatNameInAnotherLoader_isNotCalled() throws Exception {
    Class<?> mapping = defineClass(MAPPING, FAILS, TEST);
    assertThat(SpringMappings.text(this, object(mapping))).isNull();
  }

  @Test
  void text_otherClassWithANameLikeSprings_isNotCalled() throws Exception {
    Class<?> mapping = defineClass("org.springframework.web.Evil", FAILS, TEST);
    Class<?> registry = defineClass("example.Registry", FAILS, mapping.getClassLoader());
    assertThat(SpringMappings.text(object(registry), object(mapping))).isNull();
  }

  /** Called by the classes that this test makes. */
  public static final class Threads {
    private Threads() {}

    /** Whether a hook is active on this thread, so that what happens is not observed. */
    public static String unobserved() {
      return String.valueOf(ThreadState.busyNow());
    }
  }

  @Test
  void text_mappingWithSuchNames_isCalledWhileTheThreadIsObserved() throws Exception {
    Implementation unobserved = MethodCall.invoke(Threads.class.getMethod("unobserved"));
    Class<?> mapping = defineClass(MAPPING, unobserved, TEST);
    Class<?> registry = defineClass("example.Registry", FAILS, mapping.getClassLoader());
    Object filter = object(defineClass("org.apache.Filter", unobserved, TEST));

    byte[] state = ThreadState.current();
    ThreadState.busy(state, true);
    String text;
    Object called;
    boolean busyAfter;
    try {
      text = SpringMappings.text(object(registry), object(mapping));
      called = PublicCalls.call(filter, "toString");
    } finally {
      busyAfter = ThreadState.busy(state);
      ThreadState.busy(state, false);
    }

    assertThat(text).isEqualTo("false");
    assertThat(called).isEqualTo("false");
    assertThat(busyAfter).isTrue();
  }

  private static Object object(Class<?> type) throws ReflectiveOperationException {
    return type.getDeclaredConstructor().newInstance();
  }

  /** A class of this name, defined in a loader that accepts more. */
  private static Class<?> defineClass(String name, Implementation toString, ClassLoader loader)
      throws ClassNotFoundException {
    DynamicType.Unloaded<?> type =
        new ByteBuddy()
            .subclass(Object.class)
            .modifiers(Visibility.PUBLIC)
            .name(name)
            .method(named("toString"))
            .intercept(toString)
            .make();
    return loader instanceof ByteArrayClassLoader open
        ? open.defineClass(name, type.getBytes())
        : type.load(loader, ClassLoadingStrategy.Default.WRAPPER.opened()).getLoaded();
  }
}
