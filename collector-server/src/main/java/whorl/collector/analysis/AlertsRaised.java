package whorl.collector.analysis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Alerts that are of no request: one finding a rule. Those of a request are with its way in; where
 * the same rule fired for a request as well, it is the same deed seen twice.
 */
final class AlertsRaised implements Analysis {
  private static final int FINDINGS_MAX = 20;

  @Override
  public String name() {
    return "alert";
  }

  @Override
  public Conclusion look(AnalysisContext context, RowDispatcher rowDispatcher) {
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
    List<Found> found = new ArrayList<>();
    byRule.forEach(
        (rule, alerts) -> {
          if (found.size() < FINDINGS_MAX) {
            found.add(found(rule, alerts));
          }
        });
    return () -> found;
  }

  private Found found(String rule, List<RaisedAlert> alerts) {
    FindingBuilder draft = new FindingBuilder(this);
    for (RaisedAlert alert : alerts) {
      draft.row(alert.row()).severity(alert.level());
    }
    RaisedAlert first = alerts.get(0);
    return draft.found(
        rule,
        "Alert: " + rule,
        "At "
            + Phrases.at(first.row().time())
            + " the rule \""
            + rule
            + "\" fired, for no request that Whorl knows of, on the "
            + first.row().thread()
            + (alerts.size() > 1
                ? ", and " + Phrases.count(alerts.size() - 1, "time") + " more after that."
                : "."));
  }
}
