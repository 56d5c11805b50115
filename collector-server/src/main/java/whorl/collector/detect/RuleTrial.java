package whorl.collector.detect;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import whorl.event.AgentEvent;
import whorl.rules.correlate.CorrelationFiring;
import whorl.rules.engine.Correlator;
import whorl.rules.engine.RuleSet;
import whorl.rules.match.Rule;
import whorl.rules.match.RuleHead;

/**
 * Finds out which rules would have alerted on stored events of one JVM. Bounded in what it keeps.
 * Not thread-safe.
 */
public final class RuleTrial {
  private final RuleSet rules;
  private final Predicate<RuleHead> reported;
  private final int firingsMax;
  private final int matchesMax;
  private final Set<RuleHead> correlated = new HashSet<>();
  private final List<Firing> firings = new ArrayList<>();
  private final Map<RuleHead, Long> counts = new LinkedHashMap<>();
  private final List<Match> matches = new ArrayList<>();
  private long events;
  private long dropped;

  /**
   * @param firingsMax the limit of kept firings; further ones are only counted
   * @param matchesMax the limit of matches that reach the correlations
   */
  public RuleTrial(RuleSet rules, int firingsMax, int matchesMax) {
    this(rules, rule -> true, firingsMax, matchesMax);
  }

  /**
   * @param reported true for rules whose firings are counted
   */
  public RuleTrial(RuleSet rules, Predicate<RuleHead> reported, int firingsMax, int matchesMax) {
    this.rules = rules;
    this.reported = reported;
    this.firingsMax = firingsMax;
    this.matchesMax = matchesMax;
    rules.correlations().forEach(correlation -> correlated.addAll(correlation.rules()));
  }

  /**
   * A rule that would have raised an alert.
   *
   * @param basedOn for a correlation, the events that it is based on; otherwise empty
   */
  public record Firing(RuleHead rule, AgentEvent event, List<String> basedOn) {}

  /** A match that a correlation uses. */
  private record Match(RuleHead rule, AgentEvent event) {}

  /** Evaluates the rules on an event; they need no order. */
  public void accept(AgentEvent event) {
    events++;
    for (Rule rule : rules.matching(event)) {
      if (rules.alerts(rule.head())) {
        add(new Firing(rule.head(), event, List.of()));
      }
      if (!correlated.contains(rule.head())) {
        continue;
      }
      if (matches.size() < matchesMax) {
        matches.add(new Match(rule.head(), event));
      } else {
        dropped++;
      }
    }
  }

  /** Correlates in time order until the last match; what would complete later is unknown. */
  public void correlate() {
    matches.sort(Comparator.comparingLong(match -> match.event().epochNanos()));
    Correlator correlator = new Correlator(rules);
    for (Match match : matches) {
      for (CorrelationFiring firing : correlator.matched(match.rule(), match.event())) {
        RuleHead rule = firing.correlation().head();
        if (rules.alerts(rule)) {
          add(new Firing(rule, firing.last(), firing.events()));
        }
      }
    }
    matches.clear();
  }

  private void add(Firing firing) {
    if (!reported.test(firing.rule())) {
      return;
    }
    counts.merge(firing.rule(), 1L, Long::sum);
    if (firings.size() < firingsMax) {
      firings.add(firing);
    }
  }

  /** The firings that are kept, in the order of their time. */
  public List<Firing> firings() {
    return firings.stream()
        .sorted(Comparator.comparingLong(firing -> firing.event().epochNanos()))
        .toList();
  }

  /** How often each rule would have alerted. */
  public Map<RuleHead, Long> counts() {
    return counts;
  }

  /** The number of events. */
  public long events() {
    return events;
  }

  /** The matches that did not reach the correlations. */
  public long dropped() {
    return dropped;
  }
}
