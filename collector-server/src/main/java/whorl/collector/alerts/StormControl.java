package whorl.collector.alerts;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;

/**
 * Prevents one noisy rule on many replicas from filling the store: each rule may start only a few
 * captures per service in a sliding window.
 *
 * <p>An agent states its own service name, so anybody with an agent's token can claim any name. But
 * no attacker can enrol a key in the past: captures of agents that enrolled much later than the
 * requesting agent do not count against it.
 *
 * <p>Safe for use by several threads.
 */
public final class StormControl {
  private static final int MAX_RULES = 10_000;

  /** Limit per agent, so that no agent fills the table for all. */
  private static final int MAX_RULES_PER_AGENT = 200;

  /** Limit for stored captures of one rule in one service. */
  private static final int MAX_CAPTURES_PER_RULE = 64;

  /** Replicas of one rollout enrol within this time; attackers enrol later. */
  private static final Duration MUCH_LATER = Duration.ofHours(1);

  private final Limit limit;
  private final InstantSource clock;
  private final Map<Key, RuleCaptures> admitted = new HashMap<>();

  /** Number of rules in the table that each agent used first. */
  private final Map<Id, Integer> rulesByAgent = new HashMap<>();

  /** A rule's captures, and the first of them. */
  private record RuleCaptures(Capture first, Deque<Capture> all) {}

  /**
   * An admitted capture.
   *
   * @param enrolledAt when its agent enrolled a key; null if it never did
   */
  private record Capture(Id agent, @Nullable Instant enrolledAt, Instant at) {
    boolean enrolledMuchLaterThan(@Nullable Instant enrolled) {
      return enrolled != null
          && (enrolledAt == null || enrolledAt.isAfter(enrolled.plus(MUCH_LATER)));
    }
  }

  public StormControl(Limit limit, InstantSource clock) {
    this.limit = limit;
    this.clock = clock;
  }

  /**
   * The number of captures in a window of time.
   *
   * @param captures 1 or more
   */
  public record Limit(int captures, Duration window) {
    /** Three in ten minutes. */
    public static final Limit DEFAULT = new Limit(3, Duration.ofMinutes(10));
  }

  private record Key(@Nullable String namespace, String service, String rule) {}

  /**
   * Takes one capture from the window.
   *
   * @param enrolledAt when the agent enrolled its key; null if it never did
   * @return null when the capture is admitted, else the reason for the refusal
   */
  public synchronized @Nullable String refusal(
      AgentIdentity agent, @Nullable Instant enrolledAt, String rule) {
    Capture requested = new Capture(agent.id(), enrolledAt, clock.instant());
    Key key = new Key(agent.namespace(), agent.service(), rule);
    RuleCaptures ruleCaptures = admitted.get(key);
    if (ruleCaptures == null) {
      String full = tableFull(requested);
      if (full != null) {
        return full;
      }
      ruleCaptures = new RuleCaptures(requested, new ArrayDeque<>(limit.captures()));
      admitted.put(key, ruleCaptures);
      rulesByAgent.merge(requested.agent(), 1, Integer::sum);
    }
    Deque<Capture> all = ruleCaptures.all();
    while (!all.isEmpty() && expired(all.getFirst(), requested.at())) {
      all.removeFirst();
    }
    long counted =
        all.stream().filter(capture -> !capture.enrolledMuchLaterThan(enrolledAt)).count();
    if (counted >= limit.captures()
        || all.size() >= Math.max(MAX_CAPTURES_PER_RULE, limit.captures())) {
      return "storm control: this rule had "
          + limit.captures()
          + " full captures in this service within "
          + limit.window().toSeconds()
          + " s; ask for one with POST /api/v1/captures";
    }
    all.addLast(requested);
    return null;
  }

  /**
   * Returns why there is no room for one more rule; null when there is room. Removes a rule of a
   * much later agent to make room.
   */
  private @Nullable String tableFull(Capture requested) {
    if (hasManyRules(requested.agent()) || admitted.size() >= MAX_RULES) {
      removeRules(entry -> expired(entry.all().getLast(), requested.at()), MAX_RULES);
    }
    if (hasManyRules(requested.agent())) {
      return "storm control: more than "
          + MAX_RULES_PER_AGENT
          + " rules had captures of this agent lately";
    }
    if (admitted.size() >= MAX_RULES) {
      removeRules(
          entry ->
              entry.all().stream()
                  .allMatch(capture -> capture.enrolledMuchLaterThan(requested.enrolledAt())),
          1);
    }
    return admitted.size() >= MAX_RULES
        ? "storm control: more than " + MAX_RULES + " rules and services fired lately"
        : null;
  }

  private boolean hasManyRules(Id agent) {
    return rulesByAgent.getOrDefault(agent, 0) >= MAX_RULES_PER_AGENT;
  }

  private void removeRules(Predicate<RuleCaptures> filter, int atMost) {
    int left = atMost;
    for (Iterator<RuleCaptures> rules = admitted.values().iterator();
        left > 0 && rules.hasNext(); ) {
      RuleCaptures rule = rules.next();
      if (filter.test(rule)) {
        rules.remove();
        rulesByAgent.computeIfPresent(
            rule.first().agent(), (agent, count) -> count == 1 ? null : count - 1);
        left--;
      }
    }
  }

  private boolean expired(Capture capture, Instant now) {
    return !capture.at().plus(limit.window()).isAfter(now);
  }
}
