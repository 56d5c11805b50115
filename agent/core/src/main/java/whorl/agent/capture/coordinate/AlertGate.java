package whorl.agent.capture.coordinate;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Level;

/**
 * Decides which alerts start a capture: once per rule and cooldown, and up to a limit per hour for
 * all rules together. Not thread-safe; its owner locks.
 *
 * <p>A quarter of the limit is kept for critical alerts, and another for these and high ones.
 * Anybody who can send a request can cause an alert of level medium each minute, and must not use
 * up the captures of the hour before the attack. For the same reason one rule gets no more than
 * half of them: a request that makes the application run out of memory is a critical alert.
 */
final class AlertGate {
  /** The decision on an alert. */
  enum Decision {
    /** Start a capture. */
    CAPTURE,
    /** Only report the alert. */
    REPORT,
    /** Drop the alert: its rule matches so often that even reports would flood the collector. */
    FLOOD
  }

  private static final long HOUR_NANOS = Duration.ofHours(1).toNanos();
  private static final int REPORTS_PER_COOLDOWN_MAX = 50;
  private static final int RULES_MAX = 4096;

  /** One of so many parts of the limit is kept for each of the two gravest levels. */
  private static final int PARTS = 4;

  private static final class Cooldown {
    private final long sinceNanos;
    private int reports;

    Cooldown(long sinceNanos) {
      this.sinceNanos = sinceNanos;
    }
  }

  private final long cooldownNanos;
  private final int maxPerHour;
  private final Map<String, Cooldown> cooldowns = new LinkedHashMap<>();
  private final Deque<Started> started = new ArrayDeque<>();

  private record Started(String rule, long nanos) {}

  AlertGate(Duration cooldown, int maxPerHour) {
    this.cooldownNanos = cooldown.toNanos();
    this.maxPerHour = maxPerHour;
  }

  /**
   * Decides whether this alert starts a capture, and if so counts the capture.
   *
   * @param nowNanos by a monotonic clock
   * @param hasRoom true if a capture can be queued at all
   */
  Decision enter(String rule, Level level, long nowNanos, boolean hasRoom) {
    Decision repeated = repeated(rule, nowNanos);
    if (repeated != null) {
      return repeated;
    }
    while (!started.isEmpty() && nowNanos - started.getFirst().nanos() >= HOUR_NANOS) {
      started.removeFirst();
    }
    startCooldown(rule, nowNanos);
    if (started.size() >= limit(level) || hasItsHalf(rule) || !hasRoom) {
      return Decision.REPORT;
    }
    started.addLast(new Started(rule, nowNanos));
    return Decision.CAPTURE;
  }

  private boolean hasItsHalf(String rule) {
    int count = 0;
    for (Started capture : started) {
      count += capture.rule().equals(rule) ? 1 : 0;
    }
    return count >= (maxPerHour + 1) / 2;
  }

  /**
   * Records an alert that joins a running capture: its rule's cooldown starts now, and no capture
   * is counted.
   *
   * @return {@link Decision#REPORT}, or {@link Decision#FLOOD}
   */
  Decision join(String rule, long nowNanos) {
    Decision repeated = repeated(rule, nowNanos);
    if (repeated == null) {
      startCooldown(rule, nowNanos);
    }
    return repeated == null ? Decision.REPORT : repeated;
  }

  private int limit(Level level) {
    int kept = maxPerHour / PARTS;
    return switch (level) {
      case CRITICAL -> maxPerHour;
      case HIGH -> maxPerHour - kept;
      default -> maxPerHour - 2 * kept;
    };
  }

  /** Takes back the last count of this rule: that capture was refused. */
  void uncount(String rule) {
    for (Iterator<Started> last = started.descendingIterator(); last.hasNext(); ) {
      if (last.next().rule().equals(rule)) {
        last.remove();
        return;
      }
    }
  }

  private @Nullable Decision repeated(String rule, long nowNanos) {
    Cooldown cooldown = cooldowns.get(rule);
    if (cooldown == null || nowNanos - cooldown.sinceNanos >= cooldownNanos) {
      return null;
    }
    cooldown.reports++;
    return cooldown.reports > REPORTS_PER_COOLDOWN_MAX ? Decision.FLOOD : Decision.REPORT;
  }

  private void startCooldown(String rule, long nowNanos) {
    cooldowns.remove(rule);
    cooldowns.put(rule, new Cooldown(nowNanos));
    if (cooldowns.size() > RULES_MAX) {
      Iterator<String> eldest = cooldowns.keySet().iterator();
      eldest.next();
      eldest.remove();
    }
  }
}
