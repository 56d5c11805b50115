package whorl.agent.hook.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GetterTest {
  private static final Object LIST = new ArrayList<>(List.of("a"));

  @Test
  void method_ofAnInterface_isCalled() {
    assertThat(new Getter("java.util.List", "size", "()I").of(LIST)).isEqualTo(1);
    assertThat(new Getter("java.util.List", "get", "(I)Ljava/lang/Object;").text(LIST, 0))
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

    assertThat(new Getter(owner, "status", "()I").of(exchange)).isEqualTo(200);
    assertThat(new Getter(owner, "bytes", "(Z)J").of(exchange, false)).isEqualTo(3_000_000_000L);
    assertThat(
            new Getter(owner, "header", "(Ljava/lang/String;)Ljava/lang/String;")
                .text(exchange, "Host"))
        .isEqualTo("value of Host");
    assertThat(new Getter(owner, "fails", "()Ljava/lang/Object;").of(exchange)).isNull();
    assertThat(new Getter(owner, "bytes", "(Z)J").of(exchange, "no boolean")).isNull();
  }

  @Test
  void call_hasAHiddenClassOfItsOwn() throws Throwable {
    MethodHandle length =
        MethodHandles.publicLookup()
            .findVirtual(String.class, "length", MethodType.methodType(int.class));

    GetterCall call = GetterCall.of(length);

    assertThat(call.getClass().isHidden()).isTrue();
    assertThat(call.getClass().getName()).startsWith(ConstantCall.class.getName());
    assertThat(call.of("four", null)).isEqualTo(4);
    assertThat(GetterCall.of(length).getClass()).isNotEqualTo(call.getClass());
  }

  @Test
  void missingMethods_areNull() {
    assertThat(new Getter("java.util.List", "size", "()J").of(LIST)).isNull();
    assertThat(new Getter("java.util.List", "length", "()I").of(LIST)).isNull();
    assertThat(new Getter("java.util.Set", "size", "()I").of(LIST)).isNull();
    assertThat(new Getter("java.util.List", "get", "(Lno/such/Type;)I").of(LIST, "")).isNull();
    assertThat(new Getter("java.util.List", "size", "()I").of(null)).isNull();
  }

  @Test
  void failingMethod_isNull() {
    Getter get = new Getter("java.util.List", "get", "(I)Ljava/lang/Object;");
    assertThat(get.of(LIST, 5)).isNull();
    assertThat(get.of(LIST, "no index")).isNull();
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

    assertThat(new Getter("java.util.List", "size", "()I").of(list)).isNull();
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

    assertThat(new Getter("java.util.List", "get", "(I)Ljava/lang/Object;").text(list, 0)).isNull();
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
