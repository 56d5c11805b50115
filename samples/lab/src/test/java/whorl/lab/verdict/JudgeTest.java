package whorl.lab.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.lab.verdict.Samples.alert;
import static whorl.lab.verdict.Samples.attack;
import static whorl.lab.verdict.Samples.observation;
import static whorl.lab.verdict.Samples.report;
import static whorl.lab.verdict.Samples.workload;

import java.util.List;
import org.junit.jupiter.api.Test;
import whorl.lab.cases.CaseKind;
import whorl.lab.cases.LabCase;

final class JudgeTest {
  private static final String EXPECTED = "{wayIn: [jndi], request: GET /b}";
  private static final String RIGHT = "way-in|high|Way in: a JNDI lookup through GET /b|text";

  @Test
  void attack_alertAndRightWayIn_passes() {
    Verdict verdict =
        Judge.verdict(
            attack(EXPECTED),
            17,
            observation(List.of(alert(2_300, "high", "Look-up")), null, report(RIGHT)));

    assertThat(verdict.reasons()).isEmpty();
    assertThat(verdict.passed()).isTrue();
    assertThat(verdict.explanation()).isEqualTo(Verdict.Explanation.RIGHT);
  }

  @Test
  void attack_times_countFromTheLastRequestBeforeTheAlert() {
    Verdict verdict =
        Judge.verdict(
            attack(EXPECTED),
            17,
            observation(List.of(alert(2_300, "high", "Look-up")), null, report(RIGHT)));

    assertThat(verdict.alertMillis()).isEqualTo(300);
    assertThat(verdict.sealedMillis()).isEqualTo(7_000);
    assertThat(verdict.findingsMillis()).isEqualTo(3_000);
  }

  @Test
  void attack_lowAlertsOnly_isMissed() {
    Verdict verdict =
        Judge.verdict(
            attack(EXPECTED),
            17,
            observation(List.of(alert(2_300, "low", "a")), null, report(RIGHT)));

    assertThat(verdict.alerted()).isFalse();
    assertThat(verdict.passed()).isFalse();
    assertThat(verdict.reasons()).contains("no alert of medium or above");
  }

  @Test
  void attack_graverFindingNamesAnotherRequest_isPartlyExplained() {
    Verdict verdict =
        Judge.verdict(
            attack(EXPECTED),
            17,
            observation(
                List.of(alert(2_300, "high", "a")),
                null,
                report("way-in|critical|Way in: a command through GET /a|text", RIGHT)));

    assertThat(verdict.explanation()).isEqualTo(Verdict.Explanation.PARTLY);
    assertThat(verdict.passed()).isFalse();
  }

  @Test
  void attack_findingThatKnowsNoCause_isWronglyExplained() {
    Verdict verdict =
        Judge.verdict(
            attack(EXPECTED),
            17,
            observation(
                List.of(alert(2_300, "high", "a")),
                null,
                report(
                    "way-in|high|Way in: a command through GET /b|jndi? Nothing in this evidence"
                        + " shows how the code came in")));

    assertThat(verdict.explanation()).isEqualTo(Verdict.Explanation.WRONG);
  }

  @Test
  void attack_noFindings_isUnexplained() {
    Verdict verdict =
        Judge.verdict(attack(EXPECTED), 17, observation(List.of(alert(2_300, "high", "a")), null));

    assertThat(verdict.explanation()).isEqualTo(Verdict.Explanation.NONE);
  }

  @Test
  void attack_withoutItsEffect_didNotRun() {
    Verdict verdict =
        Judge.verdict(
            attack("{wayIn: [jndi], effect: pwned}"),
            17,
            observation(List.of(alert(2_300, "high", "a")), false, report(RIGHT)));

    assertThat(verdict.ran()).isFalse();
    assertThat(verdict.passed()).isFalse();
  }

  @Test
  void attack_wordsWithAlternatives_oneIsEnough() {
    Verdict verdict =
        Judge.verdict(
            attack("{wayIn: [\"xstream|jndi\"]}"),
            17,
            observation(List.of(alert(2_300, "high", "a")), null, report(RIGHT)));

    assertThat(verdict.explanation()).isEqualTo(Verdict.Explanation.RIGHT);
  }

  @Test
  void shell_withoutRegistration_fails() {
    LabCase shell = Samples.one(CaseKind.SHELL, "{wayIn: [jndi], registration: [filter, Shell]}");
    List<Observation.SeenAlert> alerts = List.of(alert(2_300, "high", "a"));

    Verdict without = Judge.verdict(shell, 17, observation(alerts, null, report(RIGHT)));
    Verdict with =
        Judge.verdict(
            shell,
            17,
            observation(
                alerts, null, report(RIGHT, "persistence|critical|Registered a filter|Shell")));

    assertThat(without.registration()).isFalse();
    assertThat(without.passed()).isFalse();
    assertThat(with.registration()).isTrue();
  }

  @Test
  void workload_mediumAlert_fails() {
    Verdict verdict =
        Judge.verdict(
            workload("{}"), 17, observation(List.of(alert(2_300, "medium", "Odd")), null));

    assertThat(verdict.passed()).isFalse();
    assertThat(verdict.rules()).containsExactly("Odd");
  }

  @Test
  void workload_allowedAlert_passes() {
    Verdict verdict =
        Judge.verdict(
            workload("{allowed: [{rule: odd, reason: it starts a program}]}"),
            17,
            observation(List.of(alert(2_300, "medium", "Odd Program")), null));

    assertThat(verdict.passed()).isTrue();
    assertThat(verdict.alerts()).isZero();
  }
}
