package whorl.collector.detect;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import whorl.rules.match.RuleHead;

/**
 * The rules that match an event, each with its level, title and tags.
 *
 * @param rules the highest level first
 */
public record Detection(List<RuleHead> rules) {
  /** No rule matches. */
  public static final Detection NONE = new Detection(List.of());

  public Detection {
    rules = List.copyOf(rules);
  }

  /** True if this rule matches. */
  public boolean by(PackRule wanted) {
    for (RuleHead rule : rules) {
      if (rule.id().equals(wanted.id())) {
        return true;
      }
    }
    return false;
  }

  /** True if one of these rules matches. */
  public boolean byAny(List<PackRule> wanted) {
    for (PackRule rule : wanted) {
      if (by(rule)) {
        return true;
      }
    }
    return false;
  }

  /** Returns the rules of both. */
  public Detection and(Detection other) {
    if (other.rules.isEmpty() || rules.isEmpty()) {
      return rules.isEmpty() ? other : this;
    }
    Set<RuleHead> both = new LinkedHashSet<>(rules);
    both.addAll(other.rules);
    return new Detection(new ArrayList<>(both));
  }
}
