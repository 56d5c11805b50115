package whorl.collector.sigma;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import whorl.collector.detect.BuiltInRules;
import whorl.collector.store.rules.RuleSetRecord;
import whorl.event.EventType;
import whorl.evidence.Text;
import whorl.rules.correlate.Correlation;
import whorl.rules.engine.RuleSet;
import whorl.rules.match.Rule;
import whorl.rules.match.RuleHead;

/**
 * Rules that are tested.
 *
 * @param set with the rules that correlations count
 * @param reported true for those whose matches are shown
 * @param types the types of events that any of them looks at
 * @param withStacks true if one may look at stacks
 */
record TestedRule(
    String title,
    RuleSet set,
    Predicate<RuleHead> reported,
    Set<EventType> types,
    boolean withStacks) {
  private static final int TITLE_CHARS = 200;

  /** The rules of a text; at least one of them can be loaded. */
  static TestedRule of(String yaml) {
    List<RuleDocument> documents = RuleTexts.read(yaml, RuleCheck.NAME);
    RuleCheck.Parsed parsed = RuleCheck.parse(yaml);
    String titles = String.join(", ", documents.stream().map(RuleDocument::title).toList());
    return of(
        titles,
        parsed.set(),
        head -> RuleCheck.isOf(head, documents),
        parsed.withBuiltIn() || yaml.toLowerCase(Locale.ROOT).contains("stack"));
  }

  /** One of the built-in rules. */
  static TestedRule builtIn(RuleDocument rule) {
    return of(
        rule.title(), BuiltInRules.set(), head -> head.id().equalsIgnoreCase(rule.id()), true);
  }

  /** One rule of a pushed set, with the others that it may count. */
  static TestedRule pushed(RuleDocument rule, RuleSetRecord set) {
    return of(
        rule.title(),
        RuleSet.load(
            List.of(), Set.of(), true, List.of(new RuleSet.NamedText(set.name(), set.yaml()))),
        head -> head.id().equalsIgnoreCase(rule.id()) && head.title().equals(rule.title()),
        true);
  }

  private static TestedRule of(
      String title, RuleSet set, Predicate<RuleHead> reported, boolean withStacks) {
    // built-in rules beside it that nothing reported needs are not evaluated on their types
    EnumSet<EventType> types = EnumSet.noneOf(EventType.class);
    Set<RuleHead> needed = new HashSet<>();
    List<Correlation> correlations = set.correlations();
    for (int i = correlations.size() - 1; i >= 0; i--) { // each comes after those that it counts
      Correlation each = correlations.get(i);
      if (reported.test(each.head()) || needed.contains(each.head())) {
        needed.addAll(each.rules());
      }
    }
    for (Rule rule : set.rules()) {
      if (reported.test(rule.head()) || needed.contains(rule.head())) {
        types.addAll(rule.types());
      }
    }
    return new TestedRule(Text.atMost(title, TITLE_CHARS), set, reported, types, withStacks);
  }

  /** True if no rule is shown. */
  boolean isEmpty() {
    return set.rules().stream().map(Rule::head).noneMatch(reported)
        && set.correlations().stream().map(Correlation::head).noneMatch(reported);
  }

  /** How often regular expressions of the shown rules were given up so far. */
  long regexGivenUp() {
    return set.rules().stream()
        .filter(rule -> reported.test(rule.head()))
        .mapToLong(Rule::regexGivenUp)
        .sum();
  }
}
