package whorl.agent.rule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.MemoryBudget;
import whorl.agent.event.AgentEvent;

/**
 * What the correlations have seen so far. Time is that of the events. Each event counts for one
 * alert of a correlation and group: when it comes true, its group begins anew. Bounded: of too many
 * groups the one whose last match is longest ago is forgotten, and counted. One thread's.
 */
public final class Correlator {
  private static final int MAX_SIGHTINGS = MemoryBudget.OF_THIS_JVM.sightings();
  private static final int MAX_GROUPS = 2_048;
  private static final int LEAST_SIGHTINGS = CorrelationGroup.MAX_SIGHTINGS;
  private static final int LEAST_GROUPS = 32;
  private static final int EVENTS_SHOWN = 10;

  /** Ends of timespans are looked for no more often than this. */
  private static final long STEP_NANOS = 100_000_000L;

  private final List<State> states = new ArrayList<>();
  private final Map<String, List<Place>> byRule = new HashMap<>();
  private long newestNanos = Long.MIN_VALUE;
  private long forgotten;

  public Correlator(RuleSet rules) {
    int share = Math.max(1, rules.correlations().size());
    for (Correlation correlation : rules.correlations()) {
      State state =
          new State(
              correlation,
              Math.max(LEAST_GROUPS, MAX_GROUPS / share),
              Math.max(LEAST_SIGHTINGS, MAX_SIGHTINGS / share));
      states.add(state);
      List<RuleHead> members = correlation.rules();
      for (int i = 0; i < members.size(); i++) {
        byRule
            .computeIfAbsent(members.get(i).id(), none -> new ArrayList<>())
            .add(new Place(state, i));
      }
    }
  }

  /** Where matches of a rule go. */
  private record Place(State state, int member) {}

  /** Whether any correlation rests on this rule. */
  boolean wants(RuleHead rule) {
    return byRule.containsKey(rule.id());
  }

  /** Whether there is nothing to do. */
  boolean isEmpty() {
    return states.isEmpty();
  }

  /**
   * A rule matched.
   *
   * @return the correlations that came true thereby, or because time has passed, those they rest on
   *     first
   */
  public List<CorrelationFiring> matched(RuleHead rule, AgentEvent event) {
    List<CorrelationFiring> firings = new ArrayList<>(passed(event.epochNanos()));
    matched(rule, event, firings);
    return firings;
  }

  private void matched(RuleHead rule, AgentEvent event, List<CorrelationFiring> firings) {
    for (Place place : byRule.getOrDefault(rule.id(), List.of())) {
      CorrelationFiring firing = place.state.add(place.member, event);
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
   * It is so late now: timespans end, give or take a tenth of a second. A time before one that was
   * told already changes nothing.
   *
   * @return the correlations that came true by what did not happen
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

  /** Groups, or matches within one, that were forgotten since there were too many. */
  public long forgotten() {
    return forgotten;
  }

  /** Matches that are remembered now. */
  int sightings() {
    int all = 0;
    for (State state : states) {
      all += state.sightings;
    }
    return all;
  }

  /** One correlation's groups. */
  private final class State {
    private final Correlation correlation;
    private final int maxGroups;
    private final int maxSightings;

    /** The one that a match was added to longest ago first. */
    private final LinkedHashMap<String, CorrelationGroup> groups =
        new LinkedHashMap<>(16, 0.75f, true);

    private int sightings;

    State(Correlation correlation, int maxGroups, int maxSightings) {
      this.correlation = correlation;
      this.maxGroups = maxGroups;
      this.maxSightings = maxSightings;
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
      sightings += group.size() - before;
      forgotten += group.takeDropped();
      if (group.size() == 0) {
        groups.remove(key);
      }
      while (groups.size() > maxGroups || sightings > maxSightings) {
        Iterator<CorrelationGroup> eldest = groups.values().iterator();
        sightings -= eldest.next().size();
        eldest.remove();
        forgotten++;
      }
      return evidence == null ? null : firing(group, evidence);
    }

    List<CorrelationFiring> passed(long nowNanos) {
      List<CorrelationFiring> firings = new ArrayList<>(0);
      Iterator<CorrelationGroup> all = groups.values().iterator();
      while (all.hasNext()) {
        CorrelationGroup group = all.next();
        if (correlation.waitsForTheEnd()) {
          int before = group.size();
          while (group.size() > 0 && nowNanos > group.endNanos()) {
            List<KeptMatch> evidence = group.end();
            if (evidence != null) {
              firings.add(firing(group, evidence));
            }
          }
          sightings += group.size() - before;
          if (group.size() == 0) {
            all.remove();
          }
        } else if (group.isOver(nowNanos)) {
          sightings -= group.size();
          all.remove();
        } else {
          break; // those that follow were added to later
        }
      }
      return firings;
    }

    private CorrelationFiring firing(CorrelationGroup group, List<KeptMatch> evidence) {
      List<String> events = new ArrayList<>();
      for (int i = 0; i < evidence.size(); i++) {
        if (i < EVENTS_SHOWN || i >= evidence.size() - EVENTS_SHOWN) {
          events.add(evidence.get(i).words());
        }
      }
      return new CorrelationFiring(
          correlation, group.newest(), group.counted(evidence), group.words(), events);
    }
  }
}
