package whorl.collector.sigma;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.rules.PushedSet;

/**
 * A rule and where it is from.
 *
 * @param set the pushed set that it is in; null if it is in none
 * @param events the types of events that it looks at; for a correlation, the rules that it counts
 * @param alerts false if only correlations use it
 * @param problems why agents refuse it
 * @param warnings what of it has no effect
 */
record KnownRule(
    Source source,
    @Nullable PushedSet set,
    RuleDocument document,
    List<String> events,
    boolean alerts,
    List<String> problems,
    List<String> warnings) {
  /** Where a rule is from. */
  enum Source {
    /** The pack in the jar of each agent. */
    BUILT_IN,
    /** A set that was pushed to agents. */
    PUSHED,
    /** Neither: rules in files at agents ({@code rules.path}), and of sets that were removed. */
    AGENTS,
    /** The collector's own. */
    COLLECTOR;

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** The same rule of a pushed set as it is now. */
  KnownRule of(PushedSet now) {
    return new KnownRule(source, now, document, events, alerts, problems, warnings);
  }

  String id() {
    return document.id();
  }
}
