package whorl.agent.rule;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.config.MemoryBudget;
import whorl.agent.event.EventConsumer;
import whorl.event.AgentEvent;
import whorl.event.StackEnd;
import whorl.rules.engine.ArmedRule;
import whorl.rules.engine.ArmedRules;
import whorl.rules.engine.RuleCount;
import whorl.rules.engine.RuleSet;
import whorl.rules.match.Rule;

/**
 * Evaluates the rules for each event, on the thread that made it, and passes an alert for each rule
 * that fires to the listener, the highest level first. Never throws. A rule that throws is counted,
 * and disabled after five times. A rule that fires more than ten times within a second is counted
 * and does not alert again in that second; for tampering the limit is per kind. Matches that
 * correlations use go to the {@link CorrelationDispatcher}.
 */
public final class RuleConsumer implements EventConsumer {
  private static final Logger LOG = LoggerFactory.getLogger(RuleConsumer.class);

  /** Most texts repeat: so many of those that no rule needs are remembered for each field. */
  private static final int KNOWN_TEXT_BITS = 6;

  private final AlertListener listener;
  private final Alerts alerts;
  private final CorrelationDispatcher correlations;
  private final BiConsumer<ArmedRule, AgentEvent> matched = this::matched;
  private final AtomicLong lostAlerts = new AtomicLong();
  private volatile ArmedRules armed;

  /**
   * @param clock for the time in the alerts' ids; their own time is the event's
   */
  public RuleConsumer(RuleSet rules, AlertListener listener, InstantSource clock) {
    this.listener = listener;
    this.alerts = new Alerts(clock);
    this.correlations = new CorrelationDispatcher(listener, clock);
    this.correlations.replace(rules);
    this.armed = arm(rules);
  }

  /** The stage for correlations; it does nothing before its start. */
  public CorrelationDispatcher correlations() {
    return correlations;
  }

  /** Replaces the rules from the next event on; counts restart. */
  public void replace(RuleSet rules) {
    correlations.replace(rules);
    armed = arm(rules);
  }

  @Override
  public void accept(AgentEvent event) {
    if (armed.evaluate(event, matched)) {
      event.markRoutine();
    }
  }

  private static ArmedRules arm(RuleSet rules) {
    return new ArmedRules(rules, MemoryBudget.OF_THIS_JVM.tableBits(KNOWN_TEXT_BITS));
  }

  private void matched(ArmedRule rule, AgentEvent event) {
    if (rule.mayCorrelate(event)) {
      correlations.offer(rule.rule().head(), event);
    }
    if (!rule.isSilent() && rule.mayAlert(event)) {
      alert(rule.rule(), event);
    }
  }

  private void alert(Rule rule, AgentEvent event) {
    try {
      listener.alert(alerts.alert(rule, event), event);
    } catch (Throwable e) {
      if (e instanceof StackOverflowError) {
        StackEnd.met();
      }
      if (lostAlerts.incrementAndGet() == 1) {
        LOG.warn("an alert of rule {} was lost", rule, e);
      } else {
        LOG.debug("an alert of rule {} was lost", rule, e);
      }
    }
  }

  /**
   * A number that depends on which rules are evaluated for which events. It changes if a rule is
   * removed or replaced by other means than {@link #replace}, for example by an attacker.
   */
  public long fingerprint() {
    return armed.fingerprint();
  }

  /** One count for each active rule, in the order of reading. */
  public List<RuleCount> counts() {
    List<RuleCount> counts = new ArrayList<>();
    for (ArmedRule rule : armed.rules()) {
      counts.add(rule.count());
    }
    return counts;
  }

  /** Number of losses of rules, and between rules and correlations, so far, by counter name. */
  public Map<String, Long> losses() {
    Map<String, Long> losses = new TreeMap<>(correlations.losses());
    long dropped = 0;
    for (ArmedRule rule : armed.rules()) {
      dropped += rule.uncorrelated();
    }
    losses.merge("correlations.dropped", dropped, Long::sum);
    losses.put("rules.alertsLost", lostAlerts.get());
    return losses;
  }
}
