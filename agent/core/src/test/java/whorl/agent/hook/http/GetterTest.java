package whorl.agent.hook.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class GetterTest {
  private static final Object LIST = new ArrayList<>(java.util.List.of("a"));

  @Test
  void method_ofInterfaceThatAnotherLoaderMayHave_isCalled() {
    assertThat(new Getter("java.util.List", "size", "()I").of(LIST)).isEqualTo(1);
    assertThat(new Getter("java.util.List", "get", "(I)Ljava/lang/Object;").text(LIST, 0))
        .isEqualTo("a");
  }

  @Test
  void otherShapes_areNull() {
    assertThat(new Getter("java.util.List", "size", "()J").of(LIST)).isNull();
    assertThat(new Getter("java.util.List", "length", "()I").of(LIST)).isNull();
    assertThat(new Getter("java.util.Set", "size", "()I").of(LIST)).isNull();
    assertThat(new Getter("java.util.List", "get", "(Lno/such/Type;)I").of(LIST, "")).isNull();
    assertThat(new Getter("java.util.List", "size", "()I").of(null)).isNull();
  }

  @Test
  void whatTheMethodThrows_isNull() {
    Getter get = new Getter("java.util.List", "get", "(I)Ljava/lang/Object;");
    assertThat(get.of(LIST, 5)).isNull();
    assertThat(get.of(LIST, "no index")).isNull();
  }
}
