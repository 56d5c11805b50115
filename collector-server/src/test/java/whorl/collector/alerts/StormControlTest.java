package whorl.collector.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import whorl.collector.alerts.StormControl.Limit;
import whorl.collector.fleet.ManualTime;

class StormControlTest {
  private final ManualTime time = new ManualTime();

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
