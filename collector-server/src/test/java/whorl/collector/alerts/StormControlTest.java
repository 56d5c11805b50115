package whorl.collector.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.collector.alerts.StormControl.Limit;
import whorl.collector.fleet.ManualTime;

class StormControlTest {
  private final ManualTime time = new ManualTime();

  @Test
  void limit_isReadAsTheCommandLineGivesIt() {
    assertThat(Limit.parse("3/10m")).isEqualTo(Limit.DEFAULT);
    assertThat(Limit.parse("1/30s")).isEqualTo(new Limit(1, Duration.ofSeconds(30)));
    assertThat(Limit.parse("20/2h")).isEqualTo(new Limit(20, Duration.ofHours(2)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "3", "0/10m", "3/0m", "3/10", "3/10d", "-1/10m", "3 / 10m"})
  void badLimit_isNamedWithWhatIsAllowed(String text) {
    assertThatThrownBy(() -> Limit.parse(text)).hasMessageContaining("3/10m");
  }

  @Test
  void tooManyRules_areRefused_untilOldOnesExpire() {
    StormControl storm = new StormControl(Limit.DEFAULT, time);
    for (int i = 0; i < 10_000; i++) {
      assertThat(storm.refusal("prod", "shop", "rule-" + i)).isNull();
    }
    assertThat(storm.refusal("prod", "shop", "one-more")).contains("10000");
    assertThat(storm.refusal("prod", "shop", "rule-1")).isNull();
    time.pass(Duration.ofMinutes(10));
    assertThat(storm.refusal("prod", "shop", "one-more")).isNull();
  }
}
