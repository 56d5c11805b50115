package whorl.rules.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.rules.correlate.Correlation;
import whorl.rules.correlate.CorrelationFiring;
import whorl.rules.correlate.CorrelationGroup;
import whorl.rules.correlate.KeptMatch;
import whorl.rules.match.RuleHead;

/**
 * The state of the correlations. Time is the time of the events. Each event counts for one alert of
 * a correlation and group: when the correlation fires, its group starts again. Bounded: beyond the
 * limits the groups with the oldest last match are dropped and counted. Used by one thread.
 */
public final class Correlator {
  /** Maximum number of kept matches where memory is not scarce. */
  public static final int MAX_MATCHES = 16 << 10;

  private static final int MAX_GROUPS = 2_048;
  private static final int MIN_MATCHES = CorrelationGroup.MAX_MATCHES;
  private static final int MIN_GROUPS = 32;
  private static final int EVENTS_SHOWN = 10;

  /** Ends of timespans are checked no more often than this. */
  private static final long STEP_NANOS = 100_000_000L;

  /** Events that are so far ahead of the clock came before it was set back. */
  private static final long AHEAD_NANOS = 10_000_000_000L;

  private final List<State> states = new ArrayList<>();
  private final Map<String, List<Target>> byRule = new HashMap<>();
  private long newestNanos = Long.MIN_VALUE;
  private long forgotten;

  /** A correlator that keeps at most {@link #MAX_MATCHES} matches. */
  public Correlator(RuleSet rules) {
    this(rules, MAX_MATCHES);
  }

  /**
   * @param maxMatches maximum number of kept matches, shared by the correlations; each keeps at
   *     least the matches of one full group
   */
  public Correlator(RuleSet rules, int maxMatches) {
    int share = Math.max(1, rules.correlations().size());
    for (Correlation correlation : rules.correlations()) {
      State state =
          new State(
              correlation,
              Math.max(MIN_GROUPS, MAX_GROUPS / share),
              Math.max(MIN_MATCHES, maxMatches / share));
      states.add(state);
      List<RuleHead> members = correlation.rules();
      for (int i = 0; i < members.size(); i++) {
        byRule
            .computeIfAbsent(members.get(i).id(), none -> new ArrayList<>())
            .add(new Target(state, i));
      }
    }
  }

  /** A member of a correlation that receives matches of a rule. */
  private record Target(State state, int member) {}

  /** True if a correlation refers to this rule. */
  boolean wants(RuleHead rule) {
    return byRule.containsKey(rule.id());
  }

  /**
   * Adds a match of a rule.
   *
   * @return the correlations that fired by it or because time has passed; referenced ones come
   *     first
   */
  public List<CorrelationFiring> matched(RuleHead rule, AgentEvent event) {
    List<CorrelationFiring> firings = new ArrayList<>(passed(event.epochNanos()));
    matched(rule, event, firings);
    return firings;
  }

  private void matched(RuleHead rule, AgentEvent event, List<CorrelationFiring> firings) {
    for (Target target : byRule.getOrDefault(rule.id(), List.of())) {
      CorrelationFiring firing = target.state.add(target.member, event);
      if (firing != null) {
        fired(firing, firings);
      }
    }
  }

  private void fired(CorrelationFiring firing, List<CorrelationFiring> firings) {
    firings.add(firing);
    matched(firing.correlation().head(), firing.last(), firings);
  }

  /**
   * Advances the time and ends timespans, to about a tenth of a second. A time before the newest
   * one changes nothing.
   *
   * @return the correlations that fired because a timespan ended
   */
  public List<CorrelationFiring> passed(long epochNanos) {
    if (newestNanos != Long.MIN_VALUE && epochNanos - newestNanos < STEP_NANOS) {
      return List.of();
    }
    newestNanos = epochNanos;
    List<CorrelationFiring> firings = new ArrayList<>(0);
    for (State state : states) {
      for (CorrelationFiring firing : state.passed(epochNanos)) {
        fired(firing, firings);
      }
    }
    return firings;
  }

  /**
   * Drops everything if the clock was set back: matches whose time is still to come would hide
   * those of now until then.
   *
   * @param nowNanos by the clock of the events
   */
  public void forgetFuture(long nowNanos) {
    if (newestNanos != Long.MIN_VALUE && newestNanos - nowNanos > AHEAD_NANOS) {
      newestNanos = Long.MIN_VALUE;
      for (State state : states) {
        state.forgetAll();
      }
    }
  }

  /** Number of groups, or matches within a group, that were dropped. */
  public long forgotten() {
    return forgotten;
  }

  /** Number of matches kept now. */
  public int keptMatches() {
    int count = 0;
    for (State state : states) {
      count += state.matches;
    }
    return count;
  }

  /** The groups of one correlation. */
  private final class State {
    private final Correlation correlation;
    private final int maxGroups;
    private final int maxMatches;

    /** In the order of their last match, oldest first. */
    private final LinkedHashMap<String, CorrelationGroup> groups =
        new LinkedHashMap<>(16, 0.75f, true);

    private int matches;

    State(Correlation correlation, int maxGroups, int maxMatches) {
      this.correlation = correlation;
      this.maxGroups = maxGroups;
      this.maxMatches = maxMatches;
    }

    @Nullable CorrelationFiring add(int member, AgentEvent event) {
      String key = correlation.group(member, event);
      String value = correlation.counted(member, event);
      if (key == null || value == null) {
        return null;
      }
      CorrelationGroup group =
          groups.computeIfAbsent(
              key,
              none ->
                  new CorrelationGroup(
                      correlation, event, correlation.describedGroup(member, event)));
      int before = group.size();
      KeptMatch keptMatch =
          KeptMatch.of(
              member, correlation.rules().get(member), event, value.isEmpty() ? null : value);
      List<KeptMatch> evidence = group.add(keptMatch, event);
      matches += group.size() - before;
      forgotten += group.takeDropped();
      if (group.size() == 0) {
        groups.remove(key);
      }
      while (groups.size() > maxGroups || matches > maxMatches) {
        Iterator<CorrelationGroup> eldest = groups.values().iterator();
        matches -= eldest.next().size();
        eldest.remove();
        forgotten++;
      }
      return evidence == null ? null : firing(group, evidence);
    }

    void forgetAll() {
      forgotten += groups.size();
      groups.clear();
      matches = 0;
    }

    List<CorrelationFiring> passed(long nowNanos) {
      List<CorrelationFiring> firings = new ArrayList<>(0);
      Iterator<CorrelationGroup> iterator = groups.values().iterator();
      while (iterator.hasNext()) {
        CorrelationGroup group = iterator.next();
        if (correlation.waitsForTheEnd()) {
          int before = group.size();
          while (group.size() > 0 && nowNanos > group.endNanos()) {
            List<KeptMatch> evidence = group.end();
            if (evidence != null) {
              firings.add(firing(group, evidence));
            }
          }
          matches += group.size() - before;
          if (group.size() == 0) {
            iterator.remove();
          }
        } else if (group.isOver(nowNanos)) {
          matches -= group.size();
          iterator.remove();
        } else {
          break; // the following groups have newer matches
        }
      }
      return firings;
    }

    private CorrelationFiring firing(CorrelationGroup group, List<KeptMatch> evidence) {
      List<String> events = new ArrayList<>();
      for (int i = 0; i < evidence.size(); i++) {
        if (i < EVENTS_SHOWN || i >= evidence.size() - EVENTS_SHOWN) {
          events.add(evidence.get(i).summary());
        }
      }
      return new CorrelationFiring(
          correlation, group.newest(), group.counted(evidence), group.description(), events);
    }
  }
}
