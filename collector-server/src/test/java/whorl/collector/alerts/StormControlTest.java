package whorl.collector.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.collector.fleet.channel.FleetRig.agent;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import whorl.collector.alerts.StormControl.Limit;
import whorl.collector.fleet.channel.ManualTime;

class StormControlTest {
  private final ManualTime time = new ManualTime();
  private final StormControl storm = new StormControl(Limit.DEFAULT, time);

  @Test
  void manyRulesOfOneAgent_doNotAffectOtherAgents() {
    int admitted = 0;
    for (int i = 0; i < 10_115; i++) {
      admitted += storm.refusal(agent(1), null, "rule-" + i) == null ? 1 : 0;
    }
    assertThat(admitted).isEqualTo(200);
    assertThat(storm.refusal(agent(1), null, "one-more")).contains("200 rules", "this agent");

    assertThat(storm.refusal(agent(2), null, "one-more")).isNull();
    time.pass(Duration.ofMinutes(10));
    assertThat(storm.refusal(agent(1), null, "one-more")).isNull();
  }

  @Test
  void tooManyRules_areRefused_untilOldOnesExpire() {
    for (int i = 0; i < 10_000; i++) {
      assertThat(storm.refusal(agent(i / 100), null, "rule-" + i)).isNull();
    }
    assertThat(storm.refusal(agent(7_000), null, "one-more")).contains("10000");
    assertThat(storm.refusal(agent(1), null, "rule-101")).isNull();
    time.pass(Duration.ofMinutes(10));
    assertThat(storm.refusal(agent(7_000), null, "one-more")).isNull();
  }

  /**
   * An attacker with an agent's token can claim any service's name, but not an earlier enrolment.
   */
  @Test
  void laterAgentsUnderTheServicesName_takeNoCapturesFromEarlierAgents() {
    Instant earlier = time.instant();
    Instant later = earlier.plus(Duration.ofHours(1)).plusMillis(1);
    for (int i = 0; i < 200; i++) {
      String refusal = storm.refusal(agent(1_000 + i), i % 2 == 0 ? later : null, "jvm.process");
      assertThat(refusal == null).isEqualTo(i < 3 || i == 4);
    }

    assertThat(storm.refusal(agent(1), earlier, "jvm.process")).isNull();
    assertThat(storm.refusal(agent(2), earlier, "jvm.process")).isNull();
    assertThat(storm.refusal(agent(3), earlier, "jvm.process")).isNull();
    assertThat(storm.refusal(agent(4), earlier, "jvm.process")).contains("3 full captures");
    assertThat(storm.refusal(agent(2_000), later, "jvm.process")).contains("3 full captures");
  }

  @Test
  void tableFullOfLaterAgentsRules_hasRoomForEarlierAgents() {
    Instant earlier = time.instant();
    for (int i = 0; i < 10_000; i++) {
      assertThat(storm.refusal(agent(1_000 + i / 100), null, "rule-" + i)).isNull();
    }

    assertThat(storm.refusal(agent(1), earlier, "jvm.process")).isNull();
    assertThat(storm.refusal(agent(2_000), null, "jvm.other")).contains("10000");
  }
}
