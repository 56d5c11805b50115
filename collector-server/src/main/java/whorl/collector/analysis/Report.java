package whorl.collector.analysis;

import java.util.List;
import whorl.evidence.Id;

/**
 * All that was found in one piece of evidence; its JSON is what the API answers.
 *
 * @param notExamined what nothing can be said about and why, a few words for each; empty when all
 *     was examined
 * @param summary three to six sentences; what was not examined comes first
 * @param findings the gravest first
 * @param chain what the intruder did, in the order of time; empty where nothing speaks for one
 * @param scope who else saw the same, as far as is known now
 */
public record Report(
    Id evidence,
    List<String> notExamined,
    String summary,
    List<Finding> findings,
    List<Step> chain,
    List<SharedIndicator> scope) {
  public Report {
    notExamined = notExamined == null ? List.of() : List.copyOf(notExamined);
    findings = List.copyOf(findings);
    chain = List.copyOf(chain);
    scope = List.copyOf(scope);
  }

  /** The same with what others saw. */
  Report with(List<SharedIndicator> others) {
    return new Report(evidence, notExamined, summary, findings, chain, others);
  }
}
