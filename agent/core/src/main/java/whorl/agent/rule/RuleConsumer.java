package whorl.agent.rule;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.event.AgentEvent;
import whorl.agent.event.EventConsumer;
import whorl.agent.event.EventType;

/**
 * Asks the rules about each event, on the thread that made it, and hands an alert for each rule
 * that fires to the listener, the highest level first. Never throws: a rule that does is counted,
 * and after five times asked no more; a rule that fires more than ten times within a second is
 * counted and alerts no more in that second, of tampering for each kind. Matches that correlations
 * rest on go to the {@link CorrelationDispatcher}.
 */
public final class RuleConsumer implements EventConsumer {
  private static final Logger LOG = LoggerFactory.getLogger(RuleConsumer.class);

  private final AlertListener listener;
  private final Alerts alerts;
  private final CorrelationDispatcher correlations;
  private final BiConsumer<ArmedRule, AgentEvent> matched = this::matched;
  private final AtomicLong lostAlerts = new AtomicLong();
  private volatile Armed armed;

  /**
   * @param clock the time in the alerts' ids; their own time is the event's
   */
  public RuleConsumer(RuleSet rules, AlertListener listener, InstantSource clock) {
    this.listener = listener;
    this.alerts = new Alerts(clock);
    this.correlations = new CorrelationDispatcher(listener, clock);
    this.correlations.replace(rules);
    this.armed = new Armed(rules);
  }

  /** Where matches go that alert together with others; nothing comes of them before its start. */
  public CorrelationDispatcher correlations() {
    return correlations;
  }

  /** From the next event on these rules are asked; their counts begin anew. */
  public void replace(RuleSet rules) {
    correlations.replace(rules);
    armed = new Armed(rules);
  }

  @Override
  public void accept(AgentEvent event) {
    TypeRules rules = armed.byType.get(event.type());
    if (rules == null || rules.ask(event, matched)) {
      event.markRoutine();
    }
  }

  private void matched(ArmedRule rule, AgentEvent event) {
    if (rule.isForCorrelations(event)) {
      correlations.offer(rule.rule().head(), event);
    }
    if (!rule.isSilent() && rule.isDue(event)) {
      alert(rule.rule(), event);
    }
  }

  private void alert(Rule rule, AgentEvent event) {
    try {
      listener.alert(alerts.alert(rule, event), event);
    } catch (Throwable e) {
      if (lostAlerts.incrementAndGet() == 1) {
        LOG.warn("an alert of rule {} was lost", rule, e);
      } else {
        LOG.debug("an alert of rule {} was lost", rule, e);
      }
    }
  }

  /**
   * A number that depends on which rules are asked about which events, and changes when one of them
   * is taken away or replaced by other means than {@link #replace}.
   */
  public long fingerprint() {
    long fingerprint = 0;
    for (EventType type : EventType.values()) {
      TypeRules ofType = armed.byType.get(type);
      fingerprint = 31 * fingerprint + (ofType == null ? 0 : ofType.fingerprint());
    }
    return fingerprint;
  }

  /** One for each rule in force, in the order in which they were read. */
  public List<RuleCount> counts() {
    List<RuleCount> counts = new ArrayList<>();
    for (ArmedRule rule : armed.all) {
      counts.add(rule.count());
    }
    return counts;
  }

  /** What was lost between the rules and the correlations so far, by counter name. */
  public Map<String, Long> losses() {
    Map<String, Long> losses = new TreeMap<>(correlations.losses());
    long passedOver = 0;
    for (ArmedRule rule : armed.all) {
      passedOver += rule.uncorrelated();
    }
    losses.merge("correlations.dropped", passedOver, Long::sum);
    return losses;
  }

  /** Alerts that were lost because they could not be made or the listener threw. */
  public long lostAlerts() {
    return lostAlerts.get();
  }

  /** The rules in force with their counts, as {@link RuleSet} has them. */
  private static final class Armed {
    private final List<ArmedRule> all = new ArrayList<>();
    private final Map<EventType, TypeRules> byType = new EnumMap<>(EventType.class);

    Armed(RuleSet rules) {
      Correlator correlator = new Correlator(rules);
      IdentityHashMap<Rule, ArmedRule> armed = new IdentityHashMap<>();
      for (Rule rule : rules.rules()) {
        ArmedRule armedRule =
            new ArmedRule(rule, correlator.wants(rule.head()), !rules.alerts(rule.head()));
        armed.put(rule, armedRule);
        all.add(armedRule);
      }
      Rule selfTest = SelfTestRule.rule();
      armed.put(selfTest, new ArmedRule(selfTest, false, false));
      for (EventType type : EventType.values()) {
        TypeRules ofType =
            TypeRules.of(
                type,
                type == EventType.SELF_TEST
                    ? List.of(Objects.requireNonNull(armed.get(selfTest)))
                    : rules.of(type).stream().map(armed::get).toList());
        if (ofType != null) {
          byType.put(type, ofType);
        }
      }
    }
  }
}
