package whorl.collector.alerts;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;

/**
 * Keeps one noisy rule on many replicas from filling the store: of one rule in one service only the
 * first few in a sliding window become full captures. Safe for use by several threads.
 */
public final class StormControl {
  private static final int MAX_RULES = 10_000;

  /** Of one agent, so that none fills the table for all. */
  private static final int MAX_RULES_OF_AGENT = 200;

  private final Limit limit;
  private final InstantSource clock;
  private final Map<Key, Admitted> admitted = new HashMap<>();

  /** The times of a rule's captures, and the agent by which it came to be known. */
  private record Admitted(Id agent, Deque<Instant> times) {}

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
   * @return null when the capture may go on, else why not
   */
  public synchronized @Nullable String refusal(AgentIdentity agent, String rule) {
    Instant now = clock.instant();
    Key key = new Key(agent.namespace(), agent.service(), rule);
    Admitted known = admitted.get(key);
    if (known == null) {
      if (count(agent.id()) >= MAX_RULES_OF_AGENT || admitted.size() >= MAX_RULES) {
        admitted.values().removeIf(others -> expired(others.times().getLast(), now));
      }
      if (count(agent.id()) >= MAX_RULES_OF_AGENT) {
        return "storm control: more than "
            + MAX_RULES_OF_AGENT
            + " rules had captures of this agent lately";
      }
      if (admitted.size() >= MAX_RULES) {
        return "storm control: more than " + MAX_RULES + " rules and services fired lately";
      }
      known = new Admitted(agent.id(), new ArrayDeque<>(limit.captures()));
      admitted.put(key, known);
    }
    Deque<Instant> times = known.times();
    while (!times.isEmpty() && expired(times.getFirst(), now)) {
      times.removeFirst();
    }
    if (times.size() >= limit.captures()) {
      return "storm control: this rule had "
          + limit.captures()
          + " full captures in this service within "
          + limit.window().toSeconds()
          + " s; ask for one with POST /api/v1/captures";
    }
    times.addLast(now);
    return null;
  }

  private long count(Id agent) {
    return admitted.values().stream().filter(each -> each.agent().equals(agent)).count();
  }

  private boolean expired(Instant time, Instant now) {
    return !time.plus(limit.window()).isAfter(now);
  }
}
