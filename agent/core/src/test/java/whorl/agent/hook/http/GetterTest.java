package whorl.agent.hook.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import whorl.agent.hook.weave.ThreadState;

class GetterTest {
  private static final ThreadState THREAD = ThreadState.of(ThreadState.current());
  private static final Object LIST = new ArrayList<>(List.of("a"));

  @Test
  void method_ofAnInterface_isCalled() {
    assertThat(new Getter("java.util.List", "size", "()I").of(THREAD, LIST)).isEqualTo(1);
    assertThat(new Getter("java.util.List", "get", "(I)Ljava/lang/Object;").text(THREAD, LIST, 0))
        .isEqualTo("a");
  }

  /** Like a framework's class: on the class path. */
  public static class Exchange {
    private final Throwable failure = new IllegalStateException();

    public long bytes(boolean flushed) {
      return flushed ? 7 : 3_000_000_000L;
    }

    public String header(String name) {
      return "value of " + name;
    }

    public int status() {
      return 200;
    }

    public Object fails() throws Throwable {
      throw failure;
    }
  }

  @Test
  void method_ofAFrameworksClass_isCalled_alsoWithPrimitives() {
    Object exchange = new Exchange() {};
    String owner = Exchange.class.getName();

    assertThat(new Getter(owner, "status", "()I").of(THREAD, exchange)).isEqualTo(200);
    assertThat(new Getter(owner, "bytes", "(Z)J").of(THREAD, exchange, false))
        .isEqualTo(3_000_000_000L);
    assertThat(
            new Getter(owner, "header", "(Ljava/lang/String;)Ljava/lang/String;")
                .text(THREAD, exchange, "Host"))
        .isEqualTo("value of Host");
    assertThat(new Getter(owner, "fails", "()Ljava/lang/Object;").of(THREAD, exchange)).isNull();
    assertThat(new Getter(owner, "bytes", "(Z)J").of(THREAD, exchange, "no boolean")).isNull();
  }

  @Test
  void call_hasAHiddenClassOfItsOwn() throws Throwable {
    MethodHandle length =
        MethodHandles.publicLookup()
            .findVirtual(String.class, "length", MethodType.methodType(int.class));

    BiFunction<Object, Object, Object> call = MethodCall.of(length);

    assertThat(call.getClass().isHidden()).isTrue();
    assertThat(call.getClass().getName()).startsWith(ConstantCall.class.getName());
    assertThat(call.apply("four", null)).isEqualTo(4);
    assertThat(MethodCall.of(length).getClass()).isNotEqualTo(call.getClass());
  }

  @Test
  void call_isADirectOne_whereThePackageIsOpen() throws Exception {
    BiFunction<Object, Object, Object> call =
        DirectCall.make(Exchange.class, "status", MethodType.methodType(int.class));

    assertThat(call.getClass().isHidden()).isTrue();
    assertThat(call.getClass().getName()).startsWith(Exchange.class.getName());
    assertThat(call.getClass().getClassLoader()).isSameAs(Exchange.class.getClassLoader());
    assertThat(call.apply(new Exchange(), null)).isEqualTo(200);
    assertThatThrownBy(() -> DirectCall.make(List.class, "size", MethodType.methodType(int.class)))
        .isInstanceOf(IllegalAccessException.class);
  }

  /**
   * Defines one class itself, and notes what it is asked for, and whether by an observed thread.
   */
  private static final class Loader extends ClassLoader {
    private final List<String> unobserved = new ArrayList<>();
    private int asked;

    Loader() {
      super(GetterTest.class.getClassLoader());
    }

    Class<?> define(Class<?> copied) throws IOException {
      String file = copied.getName().replace('.', '/') + ".class";
      try (InputStream in = copied.getClassLoader().getResourceAsStream(file)) {
        byte[] bytes = in.readAllBytes();
        return defineClass(copied.getName(), bytes, 0, bytes.length);
      }
    }

    @Override
    public Class<?> loadClass(String name) throws ClassNotFoundException {
      asked++;
      if (ThreadState.busyNow()) {
        unobserved.add(name);
      }
      return super.loadClass(name);
    }
  }

  /** A loader of the application, or of an attacker, is code that acts on this thread. */
  @Test
  void loader_isAskedOnlyWhileTheThreadIsObserved() throws Exception {
    Loader loader = new Loader();
    Object exchange = loader.define(Exchange.class).getDeclaredConstructor().newInstance();
    String owner = Exchange.class.getName();
    loader.asked = 0;
    loader.unobserved.clear();

    THREAD.busy(true);
    Object status;
    Object header;
    Object bytes;
    try {
      status = new Getter(owner, "status", "()I").of(THREAD, exchange);
      header =
          new Getter(owner, "header", "(Ljava/lang/String;)Ljava/lang/String;")
              .of(THREAD, exchange, "Host");
      bytes = new Getter(owner, "bytes", "(Z)J").of(THREAD, exchange, true);
      assertThat(THREAD.busy()).isTrue();
    } finally {
      THREAD.busy(false);
    }

    assertThat(status).isEqualTo(200);
    assertThat(header).isEqualTo("value of Host");
    assertThat(bytes).isEqualTo(7L);
    assertThat(loader.asked).isPositive();
    assertThat(loader.unobserved).isEmpty();
  }

  @Test
  void missingMethods_areNull() {
    assertThat(new Getter("java.util.List", "size", "()J").of(THREAD, LIST)).isNull();
    assertThat(new Getter("java.util.List", "length", "()I").of(THREAD, LIST)).isNull();
    assertThat(new Getter("java.util.Set", "size", "()I").of(THREAD, LIST)).isNull();
    assertThat(new Getter("java.util.List", "get", "(Lno/such/Type;)I").of(THREAD, LIST, ""))
        .isNull();
    assertThat(new Getter("java.util.List", "size", "()I").of(THREAD, null)).isNull();
  }

  @Test
  void failingMethod_isNull() {
    Getter get = new Getter("java.util.List", "get", "(I)Ljava/lang/Object;");
    assertThat(get.of(THREAD, LIST, 5)).isNull();
    assertThat(get.of(THREAD, LIST, "no index")).isNull();
  }

  @Test
  void subclassOfTheApplication_isNotCalled() {
    List<Object> list =
        new AbstractList<>() {
          @Override
          public Object get(int index) {
            throw new AssertionError("called");
          }

          @Override
          public int size() {
            return 7;
          }
        };

    assertThat(new Getter("java.util.List", "size", "()I").of(THREAD, list)).isNull();
  }

  @Test
  void textOfAnApplicationsObject_isNotCalled() {
    List<Object> list = new ArrayList<>();
    list.add(
        new Object() {
          @Override
          public String toString() {
            return "called";
          }
        });

    assertThat(new Getter("java.util.List", "get", "(I)Ljava/lang/Object;").text(THREAD, list, 0))
        .isNull();
  }

  @Test
  void packages_areTheServersOwn() {
    assertThat(FrameworkPackages.of("io.undertow.server.HttpServerExchange").isOf(String.class))
        .isFalse();
    assertThat(FrameworkPackages.of("org.apache.catalina.connector.Request").isOf(Exchange.class))
        .isFalse();
    assertThat(FrameworkPackages.of("java.util.List").isOf(ArrayList.class)).isTrue();
    assertThat(FrameworkPackages.of(Exchange.class.getName()).isOf(Exchange.class)).isTrue();
  }
}
