package whorl.collector.analysis.findings;

import java.util.List;
import whorl.evidence.Id;

/**
 * The report about one piece of evidence. The API returns it as JSON.
 *
 * @param notExamined what was not examined and why, a few words for each; empty if everything was
 *     examined
 * @param summary three to six sentences; what was not examined comes first
 * @param findings sorted by severity, the most severe first
 * @param chain the intruder's actions, sorted by time; empty if there are none
 * @param scope other JVMs that share indicators, as known now
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

  /** Returns a copy with this scope. */
  public Report with(List<SharedIndicator> sharedIndicators) {
    return new Report(evidence, notExamined, summary, findings, chain, sharedIndicators);
  }

  /** Returns a copy with these findings. */
  public Report withFindings(List<Finding> all) {
    return new Report(evidence, notExamined, summary, all, chain, scope);
  }
}
