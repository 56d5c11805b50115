package whorl.collector.performance.rules;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What all rules say about a recording. It is about performance and configuration, never about an
 * intrusion: its findings are apart from those of the analyses, and have no level.
 *
 * @param recording the artifact; null if there is none
 * @param findings the most important first
 * @param nothingFound the ids of rules that found nothing
 * @param notApplicable rules for which the recording has no events
 * @param notEvaluated rules that gave no result, with the reason
 * @param problem why rules could not run; null if they could
 */
public record AutomatedAnalysis(
    @Nullable String recording,
    List<Finding> findings,
    List<String> nothingFound,
    List<WithoutResult> notApplicable,
    List<WithoutResult> notEvaluated,
    @Nullable String problem) {
  public AutomatedAnalysis {
    findings = List.copyOf(findings);
    nothingFound = List.copyOf(nothingFound);
    notApplicable = List.copyOf(notApplicable);
    notEvaluated = List.copyOf(notEvaluated);
  }

  /**
   * What a rule found.
   *
   * @param kind always {@code performance}
   * @param rule its id
   * @param topic such as {@code heap}; null for none
   * @param severity warning or info
   * @param score from 0 to 100; null if the rule gives none
   */
  public record Finding(
      String kind,
      String rule,
      String title,
      @Nullable String topic,
      String severity,
      @Nullable Double score,
      String summary,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable String explanation,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable String solution) {
    static final String KIND = "performance";

    private double rank() {
      return score == null ? 0 : score;
    }
  }

  /** A rule without a result. */
  public record WithoutResult(String rule, String reason) {}

  /** Nothing was read, for this reason. */
  public static AutomatedAnalysis none(@Nullable String recording, String problem) {
    return new AutomatedAnalysis(recording, List.of(), List.of(), List.of(), List.of(), problem);
  }

  /**
   * Puts the results of rules in order.
   *
   * @param rules the ids of all rules; those without a result were not evaluated
   * @param problem why not all were; null if nothing is known to have gone wrong
   */
  public static AutomatedAnalysis of(
      String recording, List<String> rules, List<RuleResult> results, @Nullable String problem) {
    Map<String, String> missing = new LinkedHashMap<>();
    rules.forEach(rule -> missing.put(rule, problem == null ? "it gave no result" : problem));
    List<Finding> findings = new ArrayList<>();
    List<String> nothingFound = new ArrayList<>();
    List<WithoutResult> notApplicable = new ArrayList<>();
    List<WithoutResult> notEvaluated = new ArrayList<>();
    for (RuleResult each : results) {
      missing.remove(each.rule());
      switch (each.outcome()) {
        case WARNING, INFO -> findings.add(finding(each));
        case OK -> nothingFound.add(each.rule());
        case NOT_APPLICABLE -> notApplicable.add(new WithoutResult(each.rule(), each.summary()));
        case FAILED -> notEvaluated.add(new WithoutResult(each.rule(), each.summary()));
      }
    }
    missing.forEach((rule, reason) -> notEvaluated.add(new WithoutResult(rule, reason)));
    findings.sort(
        Comparator.comparing((Finding each) -> each.severity().equals("warning") ? 0 : 1)
            .thenComparing(Comparator.comparingDouble(Finding::rank).reversed())
            .thenComparing(Finding::rule));
    nothingFound.sort(null);
    notApplicable.sort(Comparator.comparing(WithoutResult::rule));
    notEvaluated.sort(Comparator.comparing(WithoutResult::rule));
    return new AutomatedAnalysis(
        recording, findings, nothingFound, notApplicable, notEvaluated, problem);
  }

  private static Finding finding(RuleResult result) {
    return new Finding(
        Finding.KIND,
        result.rule(),
        result.name(),
        result.topic(),
        result.outcome().word(),
        result.score(),
        result.summary(),
        result.explanation(),
        result.solution());
  }
}
