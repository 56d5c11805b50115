package whorl.collector.performance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import whorl.evidence.Json;

class AutomatedAnalysisTest {
  @Test
  void everyRule_isSomewhere_theMostImportantFindingFirst() {
    AutomatedAnalysis analysis =
        AutomatedAnalysis.of(
            "recording.jfr",
            List.of("a", "b", "c", "d", "e", "f"),
            List.of(
                result("a", RuleResult.Outcome.INFO, 60.0),
                result("b", RuleResult.Outcome.WARNING, 80.0),
                result("c", RuleResult.Outcome.OK, null),
                result("d", RuleResult.Outcome.NOT_APPLICABLE, null),
                RuleResult.failed("e", "E", "it failed: java.lang.Error")),
            null);

    assertThat(analysis.findings())
        .extracting(AutomatedAnalysis.Finding::rule)
        .containsExactly("b", "a");
    assertThat(analysis.findings()).allMatch(each -> each.kind().equals("performance"));
    assertThat(analysis.nothingFound()).containsExactly("c");
    assertThat(analysis.notApplicable())
        .containsExactly(new AutomatedAnalysis.WithoutResult("d", "summary of d"));
    assertThat(analysis.notEvaluated())
        .containsExactly(
            new AutomatedAnalysis.WithoutResult("e", "it failed: java.lang.Error"),
            new AutomatedAnalysis.WithoutResult("f", "it gave no result"));
  }

  @Test
  void asJson_isReadAgain() throws Exception {
    AutomatedAnalysis analysis =
        AutomatedAnalysis.of(
            "recording.jfr",
            List.of("a"),
            List.of(result("a", RuleResult.Outcome.WARNING, 80.5)),
            "no memory");

    assertThat(Json.LENIENT.readValue(Json.text(analysis), AutomatedAnalysis.class))
        .isEqualTo(analysis);
  }

  private static RuleResult result(String rule, RuleResult.Outcome outcome, Double score) {
    return new RuleResult(
        rule, "name of " + rule, "heap", outcome, score, "summary of " + rule, "why", "do it");
  }
}
