package whorl.collector.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.collector.fleet.FleetRig.agent;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import whorl.collector.alerts.StormControl.Limit;
import whorl.collector.fleet.ManualTime;

class StormControlTest {
  private final ManualTime time = new ManualTime();
  private final StormControl storm = new StormControl(Limit.DEFAULT, time);

  @Test
  void everNewRulesOfOneAgent_costTheOthersNothing() {
    int admitted = 0;
    for (int i = 0; i < 10_115; i++) {
      admitted += storm.refusal(agent(1), "rule-" + i) == null ? 1 : 0;
    }
    assertThat(admitted).isEqualTo(200);
    assertThat(storm.refusal(agent(1), "one-more")).contains("200 rules", "this agent");

    assertThat(storm.refusal(agent(2), "one-more")).isNull();
    time.pass(Duration.ofMinutes(10));
    assertThat(storm.refusal(agent(1), "one-more")).isNull();
  }

  @Test
  void tooManyRules_areRefused_untilOldOnesExpire() {
    for (int i = 0; i < 10_000; i++) {
      assertThat(storm.refusal(agent(i / 100), "rule-" + i)).isNull();
    }
    assertThat(storm.refusal(agent(7_000), "one-more")).contains("10000");
    assertThat(storm.refusal(agent(1), "rule-101")).isNull();
    time.pass(Duration.ofMinutes(10));
    assertThat(storm.refusal(agent(7_000), "one-more")).isNull();
  }
}
