package whorl.agent.capture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JvmPropertiesTest {
  @Test
  void get_propertiesOfTheApplication_areAskedWhileTheThreadIsObserved() throws Exception {
    for (boolean fails : new boolean[] {false, true}) {
      assertThat(AskedProperties.askedUnobserved(fails, () -> JvmProperties.get("user.dir")))
          .isEmpty();
    }
    assertThat(JvmProperties.get("user.dir")).isEqualTo(System.getProperty("user.dir"));
    assertThat(JvmProperties.get("absent")).isNull();
  }
}
