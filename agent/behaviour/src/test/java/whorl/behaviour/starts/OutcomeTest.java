package whorl.behaviour.starts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class OutcomeTest {
  private static final Outcome WITHOUT = Outcome.of(3, List.of("a", "b"), List.of("c"));
  private static final String LINE = "whorl: 0.1.0 watches this JVM";

  @Test
  void differenceFrom_sameInAnotherOrder_isNone() {
    Outcome with = Outcome.of(3, List.of("b", "a"), List.of(LINE, "c"));

    assertThat(with.differenceFrom(WITHOUT)).isNull();
  }

  @Test
  void differenceFrom_namesWhatIsDifferent() {
    assertThat(Outcome.of(0, List.of("a", "b"), List.of(LINE, "c")).differenceFrom(WITHOUT))
        .isEqualTo("exit status 0, without the agent 3");
    assertThat(Outcome.of(3, List.of("a"), List.of(LINE, "c")).differenceFrom(WITHOUT))
        .isEqualTo("another standard output: 1 lines, without the agent 2");
    assertThat(Outcome.of(3, List.of("a", "b"), List.of(LINE, "c", "d")).differenceFrom(WITHOUT))
        .isEqualTo("another standard error: 2 lines, without the agent 1");
    assertThat(Outcome.of(3, List.of("a", "b"), List.of(LINE, LINE, "c")).differenceFrom(WITHOUT))
        .isEqualTo("2 lines of the agent on standard error");
  }

  @Test
  void parse_rangesOfProcessors_areNumbers() {
    assertThat(Processors.parse("0-2,5")).containsExactly(0, 1, 2, 5);
  }
}
