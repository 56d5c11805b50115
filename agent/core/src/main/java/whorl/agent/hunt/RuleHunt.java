package whorl.agent.hunt;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.evidence.channel.HuntQuestion;
import whorl.rules.correlate.Correlation;
import whorl.rules.correlate.CorrelationFiring;
import whorl.rules.engine.Correlator;
import whorl.rules.engine.RuleSet;
import whorl.rules.match.MatchedEvent;
import whorl.rules.match.OtherSpelling;
import whorl.rules.match.Rule;
import whorl.rules.match.RuleHead;

/**
 * Which events of the past window does a Sigma rule match? It evaluates the events that the agent
 * holds in memory, on its own thread; the rules in force do not change.
 */
public final class RuleHunt implements HuntKind {
  private static final String NAME = "hunt";
  private static final int PROBLEMS_SHOWN = 3;

  /** Each keeps an event in memory until its correlation is evaluated. */
  private static final int CORRELATED_MAX = 2_000;

  private final Supplier<List<AgentEvent>> events;
  private final Supplier<RuleSet> inForce;
  private final LongSupplier epochNanos;
  private final UnaryOperator<String> mask;

  /**
   * @param events the newest events, oldest first
   * @param inForce the rules that the agent has
   * @param epochNanos the time of an event that happens now
   * @param mask returns a text without its secrets
   */
  public RuleHunt(
      Supplier<List<AgentEvent>> events,
      Supplier<RuleSet> inForce,
      LongSupplier epochNanos,
      UnaryOperator<String> mask) {
    this.events = events;
    this.inForce = inForce;
    this.epochNanos = epochNanos;
    this.mask = mask;
  }

  @Override
  public String name() {
    return HuntQuestion.RULE;
  }

  @Override
  public void look(HuntQuestion question, HuntWork work) throws HuntRefusedException {
    String rule = Objects.requireNonNull(question.rule(), "rule");
    Wanted wanted = question.namesRule() ? named(rule.strip()) : compiled(rule, work);
    HeldWindow window = new HeldWindow(events.get(), work.windowSeconds(), epochNanos.getAsLong());
    Predicate<EventType> types = wanted.byType()::containsKey;
    window.covers(types, work);
    List<Match> matches = new ArrayList<>();
    window.eachNewestFirst(types, work, event -> match(wanted, event, work, matches));
    correlate(wanted, matches, work);
  }

  /** A match that a correlation may use. */
  private record Match(RuleHead rule, AgentEvent event) {}

  /**
   * The rules to evaluate.
   *
   * @param set has the correlations
   * @param byType the rules to evaluate for events of a type
   * @param correlated ids of the rules that a correlation uses
   * @param reported ids of the rules and correlations whose matches are rows
   */
  private record Wanted(
      RuleSet set,
      Map<EventType, List<Rule>> byType,
      Set<String> correlated,
      Set<String> reported) {}

  private static Wanted compiled(String yaml, HuntWork work) throws HuntRefusedException {
    RuleSet set = RuleSet.parse(yaml, NAME);
    if (set.rules().isEmpty()) {
      throw new HuntRefusedException(
          "this agent can load no rule of it: " + problems(set.problems()));
    }
    set.problems().stream().limit(PROBLEMS_SHOWN).forEach(work::note);
    set.warnings().stream().limit(PROBLEMS_SHOWN).forEach(work::note);
    Set<String> reported = new HashSet<>();
    for (Rule rule : set.rules()) {
      if (set.alerts(rule.head())) {
        reported.add(rule.id());
      }
    }
    for (Correlation correlation : set.correlations()) {
      if (set.alerts(correlation.head())) {
        reported.add(correlation.head().id());
      }
    }
    return wanted(set, set.rules(), reported);
  }

  private Wanted named(String id) throws HuntRefusedException {
    RuleSet set = inForce.get();
    for (Rule rule : set.rules()) {
      if (rule.id().equalsIgnoreCase(id)) {
        return wanted(set, List.of(rule), Set.of(rule.id()));
      }
    }
    for (Correlation correlation : set.correlations()) {
      if (correlation.head().id().equalsIgnoreCase(id)) {
        return wanted(set, set.rules(), Set.of(correlation.head().id()));
      }
    }
    throw new HuntRefusedException(
        "this agent has no rule with the id " + id + "; hunt with the rule's text");
  }

  private static Wanted wanted(RuleSet set, List<Rule> rules, Set<String> reported) {
    Set<String> correlated = new HashSet<>();
    for (Correlation correlation : set.correlations()) {
      for (RuleHead member : correlation.rules()) {
        correlated.add(member.id());
      }
    }
    Map<EventType, List<Rule>> byType = new EnumMap<>(EventType.class);
    for (Rule rule : rules) {
      if (reported.contains(rule.id()) || correlated.contains(rule.id())) {
        for (EventType type : rule.types()) {
          byType.computeIfAbsent(type, none -> new ArrayList<>()).add(rule);
        }
      }
    }
    return new Wanted(set, byType, correlated, reported);
  }

  private void match(Wanted wanted, AgentEvent event, HuntWork work, List<Match> matches) {
    List<Rule> rules = wanted.byType().getOrDefault(event.type(), List.of());
    // Rules see the masked event. With the unmasked one, somebody could send many rules, each of
    // which tries a part of a secret, and learn the secret from those that match.
    AgentEvent shown = masked(event);
    Spellings spellings = spellings(shown);
    for (Rule rule : rules) {
      if (!spellings.match(rule)) {
        continue;
      }
      if (wanted.reported().contains(rule.id())) {
        if (work.hasRoom()) {
          work.found(EventRows.row(rule.title(), event, facts(rule.head())));
        } else {
          work.foundMore();
        }
      }
      if (wanted.correlated().contains(rule.id())) {
        if (matches.size() < CORRELATED_MAX) {
          matches.add(new Match(rule.head(), shown));
        } else {
          work.cut("more than " + CORRELATED_MAX + " matches for correlations");
        }
      }
    }
  }

  /** An event and its second spelling, if it has one. */
  private record Spellings(MatchedEvent event, @Nullable MatchedEvent other) {
    boolean match(Rule rule) {
      return rule.matches(event) || (other != null && rule.matches(other));
    }
  }

  /** A text may be masked only in its second spelling, such as a name that was encoded. */
  private Spellings spellings(AgentEvent shown) {
    AgentEvent other = OtherSpelling.of(shown);
    return new Spellings(
        new MatchedEvent(shown), other == null ? null : new MatchedEvent(masked(other)));
  }

  /** Returns the event without the secrets in its fields; itself if there are none. */
  private AgentEvent masked(AgentEvent event) {
    @Nullable Object[] values = new Object[event.type().fields().size()];
    boolean changed = false;
    for (int i = 0; i < values.length; i++) {
      values[i] = event.value(i);
      if (values[i] instanceof String text) {
        String shown = mask.apply(text);
        changed = changed || !shown.equals(text);
        values[i] = shown;
      }
    }
    return changed ? event.with(values) : event;
  }

  /** Correlates in the order of time; the matches are the newest first. */
  private static void correlate(Wanted wanted, List<Match> matches, HuntWork work) {
    if (matches.isEmpty()) {
      return;
    }
    Correlator correlator = new Correlator(wanted.set());
    List<CorrelationFiring> firings = new ArrayList<>();
    for (int i = matches.size() - 1; i >= 0 && work.goesOn(); i--) {
      Match match = matches.get(i);
      firings.addAll(correlator.matched(match.rule(), match.event()));
    }
    for (CorrelationFiring firing : firings) {
      RuleHead head = firing.correlation().head();
      if (wanted.reported().contains(head.id())) {
        work.found(
            EventRows.row(
                head.title(),
                firing.last(),
                Map.of(
                    "rule", head.id(),
                    "level", head.level().word(),
                    "correlation.count", firing.count(),
                    "correlation.events", Cut.value(firing.events()))));
      }
    }
  }

  private static Map<String, Object> facts(RuleHead rule) {
    return Map.of("rule", Cut.text(rule.id()), "level", rule.level().word());
  }

  private static String problems(List<String> problems) {
    if (problems.isEmpty()) {
      return "there is no rule in it";
    }
    return Cut.text(String.join("; ", problems.stream().limit(PROBLEMS_SHOWN).toList()));
  }
}
