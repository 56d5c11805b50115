package whorl.collector.fleet.agents;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.channel.AgentMessage;

/**
 * The self-test state of one connection. A stage is blind when its number does not change in three
 * consecutive reports. The check counts reports instead of measuring time, because a JVM that stood
 * still for a minute then sends one report and not thirty. Safe for use by several threads.
 */
final class SelfTestState {
  static final int STALE_REPORTS = 3;

  /** The first stage: the agent begins a test. */
  private static final String BEGIN = "self-test";

  private final Map<String, Progress> stages = new LinkedHashMap<>();
  private static final long IDLE = Long.MIN_VALUE;

  private long reportedNanos;
  private long handlingNanos;
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
   * Records a report.
   *
   * @return the stage that this report shows to be blind; null for none, or if that is already
   *     known
   */
  synchronized @Nullable String report(AgentMessage.SelfTest report, Instant now, long nowNanos) {
    reported = true;
    stalled = false;
    reportedNanos = nowNanos;
    handlingNanos = 0;
    if (handlingSinceNanos != IDLE) {
      handlingSinceNanos = nowNanos;
    }
    stages
        .keySet()
        .removeIf(oldStage -> !oldStage.equals(BEGIN) && !report.stages().containsKey(oldStage));
    progress(BEGIN).next(report.number());
    report.stages().forEach((stage, number) -> progress(stage).next(number == null ? 0 : number));
    String stale = firstStale(report);
    if (stale == null) {
      if (blind != null && stages.values().stream().allMatch(stage -> stage.stale == 0)) {
        markRecovered(now);
      }
      return null;
    }
    return markBlind(stale, now) ? stale : null;
  }

  /**
   * Records that reports are missing although the connection carries other messages.
   *
   * @return true if this is new
   */
  synchronized boolean reportsMissing(Instant now) {
    return markBlind("report", now);
  }

  /**
   * Records that no messages arrive at all.
   *
   * @return true if this is new
   */
  synchronized boolean stalled() {
    boolean isNew = !stalled;
    stalled = true;
    return isNew;
  }

  /** Records that a message has arrived. */
  synchronized void messageReceived() {
    stalled = false;
  }

  /** True if this connection has carried a report. */
  synchronized boolean hasReported() {
    return reported;
  }

  synchronized long reportedNanos() {
    return reportedNanos;
  }

  /** The collector begins to handle a message; later messages wait. */
  synchronized void handling(long nowNanos) {
    handlingSinceNanos = nowNanos;
  }

  /** The collector has handled the message. */
  synchronized void handled(long nowNanos) {
    if (handlingSinceNanos != IDLE) {
      handlingNanos += nowNanos - handlingSinceNanos;
      handlingSinceNanos = IDLE;
    }
  }

  /**
   * Returns how long no report has arrived, without the time that the collector needed to handle
   * messages, such as many alerts with their journals: a report may have waited meanwhile.
   */
  synchronized long missingNanos(long nowNanos) {
    long current = handlingSinceNanos == IDLE ? 0 : nowNanos - handlingSinceNanos;
    return nowNanos - reportedNanos - handlingNanos - current;
  }

  /** Returns the state for the list of agents; null before the first report. */
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

  private boolean markBlind(String stage, Instant now) {
    if (blind != null) {
      return false;
    }
    blind = stage;
    blindSince = now;
    return true;
  }

  private void markRecovered(Instant now) {
    blind = null;
    blindSince = null;
    recoveredAt = now;
  }

  private Progress progress(String stage) {
    return stages.computeIfAbsent(stage, first -> new Progress());
  }

  /** Returns the first stale stage, because the stages after a blind one see nothing either. */
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
