package whorl.agent.hook.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HttpHooksTest {
  @Test
  void number_ofAHeader_isReadIfItIsShort() {
    assertThat(HttpHooks.number(" 12 ")).isEqualTo(12);
    assertThat(HttpHooks.number("12, 12")).isNull();
    assertThat(HttpHooks.number(null)).isNull();
    assertThat(HttpHooks.number("0".repeat(1 << 20) + "1")).isNull();
  }
}
