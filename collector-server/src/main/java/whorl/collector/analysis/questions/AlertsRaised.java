package whorl.collector.analysis.questions;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import whorl.collector.analysis.findings.FindingBuilder;
import whorl.collector.analysis.findings.ReportedFinding;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.analysis.rows.RowDispatcher;
import whorl.collector.analysis.trail.AnalysisContext;
import whorl.collector.analysis.trail.RaisedAlert;

/**
 * Reports alerts that belong to no request, one finding per rule. Alerts of a request are part of
 * its entry point. A rule that also matched for a request is skipped here, because both alerts show
 * the same action.
 */
public final class AlertsRaised implements Analysis {
  private static final int FINDINGS_MAX = 20;

  @Override
  public String name() {
    return "alert";
  }

  @Override
  public Conclusion subscribe(AnalysisContext context, RowDispatcher rowDispatcher) {
    Map<String, List<RaisedAlert>> byRule = new LinkedHashMap<>();
    Set<String> explained =
        context.trail().alerts().stream()
            .filter(alert -> alert.request() != null)
            .map(RaisedAlert::rule)
            .collect(Collectors.toSet());
    for (RaisedAlert alert : context.trail().alerts()) {
      if (alert.request() == null && !explained.contains(alert.rule())) {
        byRule.computeIfAbsent(alert.rule(), any -> new ArrayList<>()).add(alert);
      }
    }
    List<ReportedFinding> results = new ArrayList<>();
    byRule.forEach(
        (rule, alerts) -> {
          if (results.size() < FINDINGS_MAX) {
            results.add(result(rule, alerts));
          }
        });
    return () -> results;
  }

  private ReportedFinding result(String rule, List<RaisedAlert> alerts) {
    FindingBuilder builder = new FindingBuilder(name());
    for (RaisedAlert alert : alerts) {
      builder.row(alert.row()).severity(alert.level());
    }
    RaisedAlert first = alerts.get(0);
    return builder.build(
        rule,
        "Alert: " + rule,
        "At "
            + Phrases.at(first.row().time())
            + " the rule \""
            + rule
            + "\" matched, for no request that Whorl knows of, on the "
            + first.row().thread()
            + (alerts.size() > 1
                ? ", and " + Phrases.count(alerts.size() - 1, "time") + " more after that."
                : "."));
  }
}
