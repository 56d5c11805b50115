package whorl.collector.detect;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import whorl.event.AgentEvent;
import whorl.rules.engine.ArmedRules;
import whorl.rules.engine.RuleSet;
import whorl.rules.match.RuleHead;

/** The rules that every agent has. They are read once, on first use. Thread-safe. */
public final class BuiltInRules {
  /** Timelines repeat many texts; remembering these for one field takes some kilobytes. */
  private static final int KNOWN_TEXT_BITS = 12;

  private BuiltInRules() {}

  private static final class Loaded {
    static final RuleSet RULES = RuleSet.load(List.of(), Set.of(), true);
    static final ArmedRules ARMED = new ArmedRules(RULES, KNOWN_TEXT_BITS);
  }

  /** The built-in rules alone. */
  public static RuleSet set() {
    return Loaded.RULES;
  }

  /** Evaluates all built-in rules, as an agent does. */
  public static Detection detect(AgentEvent event) {
    List<RuleHead> matching = new ArrayList<>(0);
    Loaded.ARMED.evaluate(event, (rule, matched) -> matching.add(rule.rule().head()));
    return matching.isEmpty() ? Detection.NONE : new Detection(matching);
  }
}
