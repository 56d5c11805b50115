package whorl.collector.sigma;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Rules that people write in the page: each has an answer, and what is wrong has its place. */
class RuleCheckFuzzTest {
  @FuzzTest
  void anyText_isRulesOrProblems(byte[] input) {
    String yaml = new String(input, StandardCharsets.UTF_8);
    RuleCheck check = RuleCheck.of(yaml);
    assertThat(check.rules().size() + check.problems().size()).isPositive();
    for (RuleCheck.Problem problem : check.problems()) {
      assertThat(problem.message()).isNotBlank();
      if (problem.column() != null) {
        assertThat(problem.line()).isNotNull();
        assertThat(problem.column()).isPositive();
      }
    }
    TestedRule tested = TestedRule.of(yaml);
    assertThat(tested.isEmpty()).isEqualTo(check.rules().isEmpty());
    assertThat(tested.title()).hasSizeLessThanOrEqualTo(200);
  }
}
