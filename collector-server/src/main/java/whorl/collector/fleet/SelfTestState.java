package whorl.collector.fleet;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentMessage;

/**
 * What one connection's self-test reports say. A stage is blind when its number stands still in
 * three reports in a row. Reports are counted and no time is measured: a JVM that stood still for a
 * minute sends one report after it, not thirty. Safe for use by several threads.
 */
final class SelfTestState {
  static final int STALE_REPORTS = 3;

  /** The stage before all others: that a test begins at all. */
  private static final String BEGIN = "self-test";

  private final Map<String, Progress> stages = new LinkedHashMap<>();
  private static final long IDLE = Long.MIN_VALUE;

  private long reportedNanos;
  private long ownNanos;
  private long handlingSinceNanos = IDLE;
  private boolean reported;
  private boolean stalled;
  private @Nullable String blind;
  private @Nullable Instant blindSince;
  private @Nullable Instant recoveredAt;

  private static final class Progress {
    private long number = -1;
    private int stale;

    void next(long now) {
      stale = now > number ? 0 : stale + 1;
      number = Math.max(number, now);
    }
  }

  /**
   * One more report.
   *
   * @return the stage that is found blind by it; null for none, or when that was found before
   */
  synchronized @Nullable String report(AgentMessage.SelfTest report, Instant now, long nowNanos) {
    reported = true;
    stalled = false;
    reportedNanos = nowNanos;
    ownNanos = 0;
    if (handlingSinceNanos != IDLE) {
      handlingSinceNanos = nowNanos;
    }
    stages.keySet().removeIf(known -> !known.equals(BEGIN) && !report.stages().containsKey(known));
    progress(BEGIN).next(report.number());
    report.stages().forEach((stage, number) -> progress(stage).next(number == null ? 0 : number));
    String stale = firstStale(report);
    if (stale == null) {
      if (blind != null && stages.values().stream().allMatch(stage -> stage.stale == 0)) {
        recovered(now);
      }
      return null;
    }
    return found(stale, now) ? stale : null;
  }

  /**
   * Reports stay away although the connection carries other messages.
   *
   * @return whether this is new
   */
  synchronized boolean reportsMissing(Instant now) {
    return found("report", now);
  }

  /**
   * Nothing at all comes any more.
   *
   * @return whether this is new
   */
  synchronized boolean stalled() {
    boolean isNew = !stalled;
    stalled = true;
    return isNew;
  }

  /** Something came. */
  synchronized void heard() {
    stalled = false;
  }

  /** Whether there was a report on this connection. */
  synchronized boolean hasReported() {
    return reported;
  }

  synchronized long reportedNanos() {
    return reportedNanos;
  }

  /** The collector begins to handle a message; what comes behind it waits. */
  synchronized void handling(long nowNanos) {
    handlingSinceNanos = nowNanos;
  }

  /** It is done with that. */
  synchronized void handled(long nowNanos) {
    if (handlingSinceNanos != IDLE) {
      ownNanos += nowNanos - handlingSinceNanos;
      handlingSinceNanos = IDLE;
    }
  }

  /**
   * For how long no report has come while the collector would have read one: what it took itself to
   * handle messages, such as many alerts with their journals, is no silence of the agent's.
   */
  synchronized long missingNanos(long nowNanos) {
    long under = handlingSinceNanos == IDLE ? 0 : nowNanos - handlingSinceNanos;
    return nowNanos - reportedNanos - ownNanos - under;
  }

  /** For the list of agents; null while there was no report. */
  synchronized @Nullable String describe() {
    if (blind != null) {
      return "silent since " + blindSince + ": " + blind;
    }
    if (stalled) {
      return "nothing comes on an open connection";
    }
    if (recoveredAt != null) {
      return "passes again since " + recoveredAt;
    }
    return reported ? "passes" : null;
  }

  private boolean found(String stage, Instant now) {
    if (blind != null) {
      return false;
    }
    blind = stage;
    blindSince = now;
    return true;
  }

  private void recovered(Instant now) {
    blind = null;
    blindSince = null;
    recoveredAt = now;
  }

  private Progress progress(String stage) {
    return stages.computeIfAbsent(stage, first -> new Progress());
  }

  /** Stages behind a blind one see nothing either, so the first one is named. */
  private @Nullable String firstStale(AgentMessage.SelfTest report) {
    if (progress(BEGIN).stale >= STALE_REPORTS) {
      return BEGIN;
    }
    for (String stage : report.stages().keySet()) {
      if (progress(stage).stale >= STALE_REPORTS) {
        return stage;
      }
    }
    return null;
  }
}
