package whorl.agent.capture;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says which alerts start a capture: a rule that started one rests for the cooldown, and all rules
 * together start no more than so many in any hour. Not thread-safe; its owner locks.
 */
final class AlertGate {
  /** What becomes of an alert. */
  enum Decision {
    /** It starts a capture. */
    CAPTURE,
    /** It is reported only. */
    REPORT,
    /** The same rule fires so often that even reports would be a flood. */
    FLOOD
  }

  private static final long HOUR_NANOS = Duration.ofHours(1).toNanos();
  private static final int REPORTS_PER_COOLDOWN_MAX = 50;
  private static final int RULES_MAX = 4096;

  private static final class Rest {
    private final long sinceNanos;
    private int reports;

    Rest(long sinceNanos) {
      this.sinceNanos = sinceNanos;
    }
  }

  private final long cooldownNanos;
  private final int maxPerHour;
  private final Map<String, Rest> rests = new LinkedHashMap<>();
  private final Deque<Long> started = new ArrayDeque<>();

  AlertGate(Duration cooldown, int maxPerHour) {
    this.cooldownNanos = cooldown.toNanos();
    this.maxPerHour = maxPerHour;
  }

  /**
   * Whether this alert may start a capture, which is then counted.
   *
   * @param nowNanos of a monotonic clock
   * @param room whether a capture could be queued at all
   */
  Decision enter(String rule, long nowNanos, boolean room) {
    Decision repeated = repeated(rule, nowNanos);
    if (repeated != null) {
      return repeated;
    }
    while (!started.isEmpty() && nowNanos - started.getFirst() >= HOUR_NANOS) {
      started.removeFirst();
    }
    rest(rule, nowNanos);
    if (started.size() >= maxPerHour || !room) {
      return Decision.REPORT;
    }
    started.addLast(nowNanos);
    return Decision.CAPTURE;
  }

  /**
   * An alert that joins a running capture: its rule rests from now on, and nothing is counted.
   *
   * @return {@link Decision#REPORT}, or {@link Decision#FLOOD}
   */
  Decision join(String rule, long nowNanos) {
    Decision repeated = repeated(rule, nowNanos);
    if (repeated == null) {
      rest(rule, nowNanos);
    }
    return repeated == null ? Decision.REPORT : repeated;
  }

  /** The capture that was started last did not become one. */
  void giveBack() {
    started.pollLast();
  }

  private @Nullable Decision repeated(String rule, long nowNanos) {
    Rest rest = rests.get(rule);
    if (rest == null || nowNanos - rest.sinceNanos >= cooldownNanos) {
      return null;
    }
    rest.reports++;
    return rest.reports > REPORTS_PER_COOLDOWN_MAX ? Decision.FLOOD : Decision.REPORT;
  }

  private void rest(String rule, long nowNanos) {
    rests.remove(rule);
    rests.put(rule, new Rest(nowNanos));
    if (rests.size() > RULES_MAX) {
      Iterator<String> eldest = rests.keySet().iterator();
      eldest.next();
      eldest.remove();
    }
  }
}
