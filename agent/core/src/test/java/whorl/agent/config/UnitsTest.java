package whorl.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
  @Test
  void duration_eachUnit_isRead() {
    assertThat(Units.duration("500ms")).isEqualTo(Duration.ofMillis(500));
    assertThat(Units.duration("5s")).isEqualTo(Duration.ofSeconds(5));
    assertThat(Units.duration("10m")).isEqualTo(Duration.ofMinutes(10));
    assertThat(Units.duration("1H")).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void bytes_eachUnit_isRead() {
    assertThat(Units.bytes("512KiB")).isEqualTo(512 << 10);
    assertThat(Units.bytes("24MiB")).isEqualTo(24 << 20);
    assertThat(Units.bytes("1g")).isEqualTo(1L << 30);
    assertThat(Units.bytes("7")).isEqualTo(7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "-5s", "5 parsecs", "9999999999s"})
  void duration_nonsense_isRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Units.duration(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "MiB", "-1m", "1.5g", "999999999999g"})
  void bytes_nonsense_isRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Units.bytes(text));
  }
}
