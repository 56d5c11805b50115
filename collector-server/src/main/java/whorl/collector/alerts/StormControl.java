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
 * Keeps one noisy rule on many replicas from filling the store: of one rule in one service only the
 * first few in a sliding window become full captures.
 *
 * <p>An agent states its own service name, so anybody with an agent's token can claim any name. But
 * nobody can enrol a key in the past: captures of agents that enrolled long after the one that asks
 * do not count against it.
 *
 * <p>Safe for use by several threads.
 */
public final class StormControl {
  private static final int MAX_RULES = 10_000;

  /** Of one agent, so that none fills the table for all. */
  private static final int MAX_RULES_OF_AGENT = 200;

  /** The most captures of one rule in one service. */
  private static final int MAX_TAKEN = 64;

  /** The replicas of one rollout are alike; a stranger comes later. */
  private static final Duration MUCH_YOUNGER = Duration.ofHours(1);

  private final Limit limit;
  private final InstantSource clock;
  private final Map<Key, Admitted> admitted = new HashMap<>();

  /** How many of them came to be known by each agent. */
  private final Map<Id, Integer> rulesOf = new HashMap<>();

  /** A rule's captures, and the agent by which it came to be known. */
  private record Admitted(Taken first, Deque<Taken> all) {}

  /**
   * A capture.
   *
   * @param enrolledAt when its agent enrolled a key; null where it never did
   */
  private record Taken(Id agent, @Nullable Instant enrolledAt, Instant at) {
    boolean muchYoungerThan(@Nullable Instant enrolled) {
      return enrolled != null
          && (enrolledAt == null || enrolledAt.isAfter(enrolled.plus(MUCH_YOUNGER)));
    }
  }

  public StormControl(Limit limit, InstantSource clock) {
    this.limit = limit;
    this.clock = clock;
  }

  /**
   * How many full captures in how long.
   *
   * @param captures 1 or more
   */
  public record Limit(int captures, Duration window) {
    /** Three in ten minutes. */
    public static final Limit DEFAULT = new Limit(3, Duration.ofMinutes(10));
  }

  private record Key(@Nullable String namespace, String service, String rule) {}

  /**
   * Takes one of the window's captures.
   *
   * @param enrolledAt when the agent enrolled its key; null where it never did
   * @return null when the capture may go on, else why not
   */
  public synchronized @Nullable String refusal(
      AgentIdentity agent, @Nullable Instant enrolledAt, String rule) {
    Taken asked = new Taken(agent.id(), enrolledAt, clock.instant());
    Key key = new Key(agent.namespace(), agent.service(), rule);
    Admitted known = admitted.get(key);
    if (known == null) {
      String full = full(asked);
      if (full != null) {
        return full;
      }
      known = new Admitted(asked, new ArrayDeque<>(limit.captures()));
      admitted.put(key, known);
      rulesOf.merge(asked.agent(), 1, Integer::sum);
    }
    Deque<Taken> all = known.all();
    while (!all.isEmpty() && expired(all.getFirst(), asked.at())) {
      all.removeFirst();
    }
    long counted = all.stream().filter(each -> !each.muchYoungerThan(enrolledAt)).count();
    if (counted >= limit.captures() || all.size() >= Math.max(MAX_TAKEN, limit.captures())) {
      return "storm control: this rule had "
          + limit.captures()
          + " full captures in this service within "
          + limit.window().toSeconds()
          + " s; ask for one with POST /api/v1/captures";
    }
    all.addLast(asked);
    return null;
  }

  /**
   * Why there is no room for one more rule; null when there is. The rule of a much younger agent is
   * forgotten to make room.
   */
  private @Nullable String full(Taken asked) {
    if (hasManyRules(asked.agent()) || admitted.size() >= MAX_RULES) {
      forget(others -> expired(others.all().getLast(), asked.at()), MAX_RULES);
    }
    if (hasManyRules(asked.agent())) {
      return "storm control: more than "
          + MAX_RULES_OF_AGENT
          + " rules had captures of this agent lately";
    }
    if (admitted.size() >= MAX_RULES) {
      forget(
          others ->
              others.all().stream().allMatch(each -> each.muchYoungerThan(asked.enrolledAt())),
          1);
    }
    return admitted.size() >= MAX_RULES
        ? "storm control: more than " + MAX_RULES + " rules and services fired lately"
        : null;
  }

  private boolean hasManyRules(Id agent) {
    return rulesOf.getOrDefault(agent, 0) >= MAX_RULES_OF_AGENT;
  }

  private void forget(Predicate<Admitted> which, int atMost) {
    int left = atMost;
    for (Iterator<Admitted> each = admitted.values().iterator(); left > 0 && each.hasNext(); ) {
      Admitted known = each.next();
      if (which.test(known)) {
        each.remove();
        rulesOf.computeIfPresent(
            known.first().agent(), (agent, rules) -> rules == 1 ? null : rules - 1);
        left--;
      }
    }
  }

  private boolean expired(Taken taken, Instant now) {
    return !taken.at().plus(limit.window()).isAfter(now);
  }
}
