package whorl.rules.engine;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.rules.match.Rule;

/** The active rules of a {@link RuleSet} with their counts. */
public final class ArmedRules {
  private final List<ArmedRule> all = new ArrayList<>();
  private final Map<EventType, TypeRules> byType = new EnumMap<>(EventType.class);

  /**
   * @param knownTextBits binary logarithm of the number of texts to remember for each field because
   *     no rule needs them
   */
  public ArmedRules(RuleSet rules, int knownTextBits) {
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
      TypeRules typeRules =
          TypeRules.of(
              type,
              type == EventType.SELF_TEST
                  ? List.of(Objects.requireNonNull(armed.get(selfTest)))
                  : rules.of(type).stream().map(armed::get).toList(),
              knownTextBits);
      if (typeRules != null) {
        byType.put(type, typeRules);
      }
    }
  }

  /** The rules in the order of reading, without the self-test's. */
  public List<ArmedRule> rules() {
    return all;
  }

  /**
   * Passes each rule that matches to {@code matched}, in order.
   *
   * @return true if no rule would match any event that equals this one
   */
  public boolean evaluate(AgentEvent event, BiConsumer<ArmedRule, AgentEvent> matched) {
    TypeRules rules = byType.get(event.type());
    return rules == null || rules.evaluate(event, matched);
  }

  /**
   * A number that depends on which rules are evaluated for which events. It changes if a rule is
   * removed or replaced within this object.
   */
  public long fingerprint() {
    long fingerprint = 0;
    for (EventType type : EventType.values()) {
      TypeRules rules = byType.get(type);
      fingerprint = 31 * fingerprint + (rules == null ? 0 : rules.fingerprint());
    }
    return fingerprint;
  }
}
