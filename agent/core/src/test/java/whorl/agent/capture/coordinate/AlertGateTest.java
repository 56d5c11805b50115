package whorl.agent.capture.coordinate;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.agent.capture.coordinate.AlertGate.Decision.CAPTURE;
import static whorl.agent.capture.coordinate.AlertGate.Decision.FLOOD;
import static whorl.agent.capture.coordinate.AlertGate.Decision.REPORT;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AlertGateTest {
  private static final long SECOND = 1_000_000_000L;

  // System.nanoTime may start anywhere, and wrap.
  private long nowNanos = Long.MAX_VALUE - 10 * SECOND;
  private final AlertGate gate = new AlertGate(Duration.ofSeconds(60), 3);

  @Test
  void enter_sameRuleWithinCooldown_isReportedOnly() {
    assertThat(gate.enter("a", nowNanos, true)).isEqualTo(CAPTURE);
    nowNanos += 59 * SECOND;
    assertThat(gate.enter("a", nowNanos, true)).isEqualTo(REPORT);
    assertThat(gate.enter("b", nowNanos, true)).isEqualTo(CAPTURE);
  }

  @Test
  void enter_cooldownOver_startsAgain() {
    assertThat(gate.enter("a", nowNanos, true)).isEqualTo(CAPTURE);
    nowNanos += 60 * SECOND;
    assertThat(gate.enter("a", nowNanos, true)).isEqualTo(CAPTURE);
  }

  @Test
  void enter_hourlyLimitReached_isReportedOnlyUntilAnHourHasPassed() {
    gate.enter("a", nowNanos, true);
    gate.enter("b", nowNanos + SECOND, true);
    gate.enter("c", nowNanos + 2 * SECOND, true);

    assertThat(gate.enter("d", nowNanos + 3 * SECOND, true)).isEqualTo(REPORT);
    assertThat(gate.enter("d", nowNanos + 3600 * SECOND, true)).isEqualTo(CAPTURE);
    assertThat(gate.enter("e", nowNanos + 3600 * SECOND, true)).isEqualTo(REPORT);
  }

  @Test
  void uncountLast_allowsOneMoreInTheHour() {
    gate.enter("a", nowNanos, true);
    gate.enter("b", nowNanos, true);
    gate.enter("c", nowNanos, true);
    gate.uncountLast();

    assertThat(gate.enter("d", nowNanos, true)).isEqualTo(CAPTURE);
  }

  @Test
  void enter_queueFull_isReportedAndNotCounted() {
    assertThat(gate.enter("a", nowNanos, false)).isEqualTo(REPORT);
    for (String rule : new String[] {"b", "c", "d"}) {
      assertThat(gate.enter(rule, nowNanos, true)).isEqualTo(CAPTURE);
    }
  }

  @Test
  void enter_limitOfZero_neverStarts() {
    assertThat(new AlertGate(Duration.ZERO, 0).enter("a", nowNanos, true)).isEqualTo(REPORT);
  }

  @Test
  void enter_oneRuleTooOften_isAFlood() {
    gate.enter("a", nowNanos, true);
    for (int i = 0; i < 50; i++) {
      assertThat(gate.enter("a", nowNanos, true)).isEqualTo(REPORT);
    }
    assertThat(gate.enter("a", nowNanos, true)).isEqualTo(FLOOD);
    assertThat(gate.join("a", nowNanos)).isEqualTo(FLOOD);
    assertThat(gate.enter("b", nowNanos, true)).isEqualTo(CAPTURE);
  }

  @Test
  void join_startsTheCooldownAndIsNotCounted() {
    assertThat(gate.join("a", nowNanos)).isEqualTo(REPORT);
    assertThat(gate.enter("a", nowNanos, true)).isEqualTo(REPORT);
    for (String rule : new String[] {"b", "c", "d"}) {
      assertThat(gate.enter(rule, nowNanos, true)).isEqualTo(CAPTURE);
    }
  }
}
