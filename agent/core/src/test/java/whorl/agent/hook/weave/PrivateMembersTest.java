package whorl.agent.hook.weave;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrivateMembersTest {
  private static final class Secretive {
    private final String name = "kept";

    private String append(String text) {
      return text + " appended";
    }
  }

  @Test
  void field_thatIsPrivate_isReadable() throws Exception {
    Field field = PrivateMembers.field(Secretive.class, "name");

    assertThat(field).isNotNull();
    assertThat(field.get(new Secretive())).isEqualTo("kept");
    assertThat(PrivateMembers.field(Secretive.class, "none")).isNull();
  }

  @Test
  void method_thatIsPrivate_canBeCalled() throws Exception {
    Method append =
        Arrays.stream(PrivateMembers.methods(Secretive.class))
            .filter(method -> method.getName().equals("append"))
            .findFirst()
            .orElseThrow();

    Method callable = PrivateMembers.callable(append);

    assertThat(callable).isNotNull();
    assertThat(callable.invoke(new Secretive(), "it is")).isEqualTo("it is appended");
  }

  /** Refers to itself, so that its own loader is asked for a class. */
  public static final class Referring {
    private Secretive other;

    Secretive other() {
      return other;
    }
  }

  /** Such a loader may be an attacker's, so what it does has to be observed. */
  @Test
  void loader_isAskedForTypes_whileTheThreadIsObserved() throws Exception {
    List<String> asked = new ArrayList<>();
    List<String> unobserved = new ArrayList<>();
    String name = Referring.class.getName();
    byte[] file =
        Referring.class
            .getResourceAsStream(name.substring(name.lastIndexOf('.') + 1) + ".class")
            .readAllBytes();
    Class<?> referring =
        new ClassLoader(getClass().getClassLoader()) {
          Class<?> define() {
            return defineClass(name, file, 0, file.length);
          }

          @Override
          public Class<?> loadClass(String wanted) throws ClassNotFoundException {
            asked.add(wanted);
            if (ThreadState.busyNow()) {
              unobserved.add(wanted);
            }
            return super.loadClass(wanted);
          }
        }.define();

    byte[] state = ThreadState.current();
    ThreadState.busy(state, true);
    Field field;
    Method[] methods;
    try {
      field = PrivateMembers.field(referring, "other");
      methods = PrivateMembers.methods(referring);
    } finally {
      ThreadState.busy(state, false);
    }

    assertThat(field).isNotNull();
    assertThat(methods).hasSize(1);
    assertThat(asked).contains(Secretive.class.getName());
    assertThat(unobserved).isEmpty();
  }
}
