package whorl.agent.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.agent.capture.AlertGate.Decision.CAPTURE;
import static whorl.agent.capture.AlertGate.Decision.FLOOD;
import static whorl.agent.capture.AlertGate.Decision.REPORT;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AlertGateTest {
  private static final long SECOND = 1_000_000_000L;

  // A clock of nanoseconds may start anywhere, and wrap.
  private long now = Long.MAX_VALUE - 10 * SECOND;
  private final AlertGate gate = new AlertGate(Duration.ofSeconds(60), 3);

  @Test
  void enter_sameRuleWithinCooldown_isReportedOnly() {
    assertThat(gate.enter("a", now, true)).isEqualTo(CAPTURE);
    now += 59 * SECOND;
    assertThat(gate.enter("a", now, true)).isEqualTo(REPORT);
    assertThat(gate.enter("b", now, true)).isEqualTo(CAPTURE);
  }

  @Test
  void enter_cooldownOver_startsAgain() {
    assertThat(gate.enter("a", now, true)).isEqualTo(CAPTURE);
    now += 60 * SECOND;
    assertThat(gate.enter("a", now, true)).isEqualTo(CAPTURE);
  }

  @Test
  void enter_hourUsedUp_isReportedOnlyUntilTheHourMovesOn() {
    gate.enter("a", now, true);
    gate.enter("b", now + SECOND, true);
    gate.enter("c", now + 2 * SECOND, true);

    assertThat(gate.enter("d", now + 3 * SECOND, true)).isEqualTo(REPORT);
    assertThat(gate.enter("d", now + 3600 * SECOND, true)).isEqualTo(CAPTURE);
    assertThat(gate.enter("e", now + 3600 * SECOND, true)).isEqualTo(REPORT);
  }

  @Test
  void giveBack_freesOneOfTheHour() {
    gate.enter("a", now, true);
    gate.enter("b", now, true);
    gate.enter("c", now, true);
    gate.giveBack();

    assertThat(gate.enter("d", now, true)).isEqualTo(CAPTURE);
  }

  @Test
  void enter_noRoom_isReportedAndCostsNothingOfTheHour() {
    assertThat(gate.enter("a", now, false)).isEqualTo(REPORT);
    for (String rule : new String[] {"b", "c", "d"}) {
      assertThat(gate.enter(rule, now, true)).isEqualTo(CAPTURE);
    }
  }

  @Test
  void enter_capOfZero_neverStarts() {
    assertThat(new AlertGate(Duration.ZERO, 0).enter("a", now, true)).isEqualTo(REPORT);
  }

  @Test
  void enter_oneRuleWithoutEnd_becomesAFlood() {
    gate.enter("a", now, true);
    for (int i = 0; i < 50; i++) {
      assertThat(gate.enter("a", now, true)).isEqualTo(REPORT);
    }
    assertThat(gate.enter("a", now, true)).isEqualTo(FLOOD);
    assertThat(gate.join("a", now)).isEqualTo(FLOOD);
    assertThat(gate.enter("b", now, true)).isEqualTo(CAPTURE);
  }

  @Test
  void join_letsTheRuleRestAndCostsNothingOfTheHour() {
    assertThat(gate.join("a", now)).isEqualTo(REPORT);
    assertThat(gate.enter("a", now, true)).isEqualTo(REPORT);
    for (String rule : new String[] {"b", "c", "d"}) {
      assertThat(gate.enter(rule, now, true)).isEqualTo(CAPTURE);
    }
  }
}
