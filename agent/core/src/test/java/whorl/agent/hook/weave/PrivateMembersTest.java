package whorl.agent.hook.weave;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Arrays;
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
}
