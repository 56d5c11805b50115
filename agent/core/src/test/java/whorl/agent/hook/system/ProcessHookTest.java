package whorl.agent.hook.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProcessHookTest {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void command_ofTextsThatEndWithZero_isTheirWords() {
    assertThat(ProcessHook.command(bytes("/bin/sh\0"), bytes("-c\0id é\0")))
        .isEqualTo("/bin/sh -c id é");
    assertThat(ProcessHook.command(bytes("/bin/id\0"), new byte[0])).isEqualTo("/bin/id");
    assertThat(ProcessHook.command(bytes("/bin/id\0"), bytes("\0"))).isEqualTo("/bin/id");
  }

  @Test
  void command_veryLong_isBounded() {
    assertThat(ProcessHook.command(bytes("/bin/echo\0"), new byte[1 << 20])).isEqualTo("/bin/echo");
    assertThat(ProcessHook.command(bytes("/bin/echo\0"), bytes("x".repeat(1 << 20))))
        .hasSizeLessThan(20_000);
  }
}
