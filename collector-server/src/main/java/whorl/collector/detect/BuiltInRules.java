package whorl.collector.detect;

import java.util.List;
import java.util.Set;
import whorl.event.AgentEvent;
import whorl.rules.engine.RuleSet;
import whorl.rules.match.Rule;

/** The rules that every agent has. They are read once, on first use. Thread-safe. */
public final class BuiltInRules {
  private BuiltInRules() {}

  private static final class Loaded {
    static final RuleSet RULES = RuleSet.load(List.of(), Set.of(), true);
  }

  /** The built-in rules alone. */
  public static RuleSet set() {
    return Loaded.RULES;
  }

  /** Evaluates all built-in rules. */
  public static Detection detect(AgentEvent event) {
    List<Rule> matching = set().matching(event);
    return matching.isEmpty()
        ? Detection.NONE
        : new Detection(matching.stream().map(Rule::head).toList());
  }
}
