package whorl.agent.capture.coordinate;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.agent.capture.coordinate.AlertGate.Decision.CAPTURE;
import static whorl.agent.capture.coordinate.AlertGate.Decision.FLOOD;
import static whorl.agent.capture.coordinate.AlertGate.Decision.REPORT;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import whorl.evidence.Level;

class AlertGateTest {
  private static final long SECOND = 1_000_000_000L;

  // System.nanoTime may start anywhere, and wrap.
  private long nowNanos = Long.MAX_VALUE - 10 * SECOND;
  private final AlertGate gate = new AlertGate(Duration.ofSeconds(60), 3);

  @Test
  void enter_sameRuleWithinCooldown_isReportedOnly() {
    assertThat(gate.enter("a", Level.MEDIUM, nowNanos, true)).isEqualTo(CAPTURE);
    nowNanos += 59 * SECOND;
    assertThat(gate.enter("a", Level.MEDIUM, nowNanos, true)).isEqualTo(REPORT);
    assertThat(gate.enter("b", Level.MEDIUM, nowNanos, true)).isEqualTo(CAPTURE);
  }

  @Test
  void enter_cooldownOver_startsAgain() {
    assertThat(gate.enter("a", Level.MEDIUM, nowNanos, true)).isEqualTo(CAPTURE);
    nowNanos += 60 * SECOND;
    assertThat(gate.enter("a", Level.MEDIUM, nowNanos, true)).isEqualTo(CAPTURE);
  }

  @Test
  void enter_hourlyLimitReached_isReportedOnlyUntilAnHourHasPassed() {
    gate.enter("a", Level.MEDIUM, nowNanos, true);
    gate.enter("b", Level.MEDIUM, nowNanos + SECOND, true);
    gate.enter("c", Level.MEDIUM, nowNanos + 2 * SECOND, true);

    assertThat(gate.enter("d", Level.MEDIUM, nowNanos + 3 * SECOND, true)).isEqualTo(REPORT);
    assertThat(gate.enter("d", Level.MEDIUM, nowNanos + 3600 * SECOND, true)).isEqualTo(CAPTURE);
    assertThat(gate.enter("e", Level.MEDIUM, nowNanos + 3600 * SECOND, true)).isEqualTo(REPORT);
  }

  @Test
  void enter_oneMediumRuleEveryMinute_leavesCapturesToGraverAlerts() {
    AlertGate hourly = new AlertGate(Duration.ofSeconds(60), 12);
    int captures = 0;
    for (int minute = 0; minute < 30; minute++) {
      nowNanos += 60 * SECOND;
      captures += hourly.enter("decoy", Level.MEDIUM, nowNanos, true) == CAPTURE ? 1 : 0;
    }
    assertThat(captures).isEqualTo(6);

    for (String rule : new String[] {"a", "b", "c"}) {
      assertThat(hourly.enter(rule, Level.HIGH, nowNanos, true)).isEqualTo(CAPTURE);
    }
    assertThat(hourly.enter("d", Level.HIGH, nowNanos, true)).isEqualTo(REPORT);
    for (String rule : new String[] {"e", "f", "g"}) {
      assertThat(hourly.enter(rule, Level.CRITICAL, nowNanos, true)).isEqualTo(CAPTURE);
    }
    assertThat(hourly.enter("h", Level.CRITICAL, nowNanos, true)).isEqualTo(REPORT);
  }

  @Test
  void enter_oneCriticalRuleEveryMinute_leavesHalfOfTheCapturesToOthers() {
    AlertGate hourly = new AlertGate(Duration.ofSeconds(60), 12);
    int captures = 0;
    for (int minute = 0; minute < 30; minute++) {
      nowNanos += 60 * SECOND;
      captures += hourly.enter("jvm.oom", Level.CRITICAL, nowNanos, true) == CAPTURE ? 1 : 0;
    }
    assertThat(captures).isEqualTo(6);

    for (String rule : new String[] {"a", "b", "c"}) {
      assertThat(hourly.enter(rule, Level.HIGH, nowNanos, true)).isEqualTo(CAPTURE);
    }
    assertThat(hourly.enter("d", Level.CRITICAL, nowNanos, true)).isEqualTo(CAPTURE);
  }

  @Test
  void uncount_allowsOneMoreInTheHour() {
    gate.enter("a", Level.MEDIUM, nowNanos, true);
    gate.enter("b", Level.MEDIUM, nowNanos, true);
    gate.enter("c", Level.MEDIUM, nowNanos, true);
    gate.uncount("c");

    assertThat(gate.enter("d", Level.MEDIUM, nowNanos, true)).isEqualTo(CAPTURE);
  }

  @Test
  void uncount_anotherRuleBeganSince_itsCountStays() {
    AlertGate hourly = new AlertGate(Duration.ofSeconds(60), 12);
    int captures = 0;
    for (int minute = 0; minute < 30; minute++) {
      nowNanos += 60 * SECOND;
      boolean begun = hourly.enter("refused", Level.MEDIUM, nowNanos, true) == CAPTURE;
      captures += hourly.enter("jvm.oom", Level.CRITICAL, nowNanos, true) == CAPTURE ? 1 : 0;
      if (begun) {
        hourly.uncount("refused");
      }
    }

    assertThat(captures).isEqualTo(6);
    assertThat(hourly.enter("d", Level.MEDIUM, nowNanos, true)).isEqualTo(REPORT);
    assertThat(hourly.enter("e", Level.HIGH, nowNanos, true)).isEqualTo(CAPTURE);
  }

  @Test
  void enter_queueFull_isReportedAndNotCounted() {
    assertThat(gate.enter("a", Level.MEDIUM, nowNanos, false)).isEqualTo(REPORT);
    for (String rule : new String[] {"b", "c", "d"}) {
      assertThat(gate.enter(rule, Level.MEDIUM, nowNanos, true)).isEqualTo(CAPTURE);
    }
  }

  @Test
  void enter_limitOfZero_neverStarts() {
    assertThat(new AlertGate(Duration.ZERO, 0).enter("a", Level.CRITICAL, nowNanos, true))
        .isEqualTo(REPORT);
  }

  @Test
  void enter_oneRuleTooOften_isAFlood() {
    gate.enter("a", Level.MEDIUM, nowNanos, true);
    for (int i = 0; i < 50; i++) {
      assertThat(gate.enter("a", Level.MEDIUM, nowNanos, true)).isEqualTo(REPORT);
    }
    assertThat(gate.enter("a", Level.MEDIUM, nowNanos, true)).isEqualTo(FLOOD);
    assertThat(gate.join("a", nowNanos)).isEqualTo(FLOOD);
    assertThat(gate.enter("b", Level.MEDIUM, nowNanos, true)).isEqualTo(CAPTURE);
  }

  @Test
  void join_startsTheCooldownAndIsNotCounted() {
    assertThat(gate.join("a", nowNanos)).isEqualTo(REPORT);
    assertThat(gate.enter("a", Level.MEDIUM, nowNanos, true)).isEqualTo(REPORT);
    for (String rule : new String[] {"b", "c", "d"}) {
      assertThat(gate.enter(rule, Level.MEDIUM, nowNanos, true)).isEqualTo(CAPTURE);
    }
  }
}
