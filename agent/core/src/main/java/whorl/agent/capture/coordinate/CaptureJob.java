package whorl.agent.capture.coordinate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.CaptureContext;
import whorl.agent.capture.coordinate.AlertReporter.Verdict;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.channel.CollectorMessage.StartCapture;

/**
 * One queued or running capture, and the alerts that joined it. Alerts join until the recording is
 * taken. Each postpones that moment, so that its own aftermath is recorded too, up to a limit.
 */
final class CaptureJob {
  private static final int JOINED_MAX = 100;
  private static final int AFTER_MAX_FACTOR = 4;
  private static final int REPETITIONS_MAX = 3;

  private final Id capture;
  private final Set<String> kinds;
  private final @Nullable Alert alert;
  private final String reason;
  private final Instant triggeredAt;
  private final boolean force;
  private final LongSupplier nanoClock;
  private final long afterNanos;
  private final long latestNanos;
  private final @Nullable CompletableFuture<Verdict> verdict;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Alert> joined = new ArrayList<>();
  private long joinedOmitted;
  private long takeAtNanos;
  private boolean joinable;
  private boolean hurried;
  private int repetitions;
  private volatile boolean limited;
  private volatile long sealByNanos;

  private CaptureJob(
      Id capture,
      Set<String> kinds,
      @Nullable Alert alert,
      String reason,
      Instant triggeredAt,
      boolean force,
      @Nullable CompletableFuture<Verdict> verdict,
      Duration after,
      LongSupplier nanoClock) {
    this.capture = capture;
    this.kinds = Set.copyOf(kinds);
    this.alert = alert;
    this.reason = reason;
    this.triggeredAt = triggeredAt;
    this.force = force;
    this.verdict = verdict;
    this.nanoClock = nanoClock;
    this.afterNanos = after.toNanos();
    long nowNanos = nanoClock.getAsLong();
    this.takeAtNanos = nowNanos + afterNanos;
    this.latestNanos = nowNanos + AFTER_MAX_FACTOR * afterNanos;
    this.joinable = true;
  }

  /** Creates a job for an alert of the agent's own rules; the coordinator completes its verdict. */
  static CaptureJob ofAlert(
      Id capture,
      Set<String> kinds,
      Alert alert,
      Instant now,
      Duration after,
      LongSupplier nanoClock) {
    return new CaptureJob(
        capture,
        kinds,
        alert,
        alert.title(),
        now,
        false,
        new CompletableFuture<>(),
        after,
        nanoClock);
  }

  /** Creates a job for a request, which needs no verdict. */
  static CaptureJob ofRequest(
      StartCapture request,
      Set<String> kinds,
      Instant now,
      Duration after,
      LongSupplier nanoClock) {
    return new CaptureJob(
        request.capture(),
        kinds,
        request.alert(),
        request.reason(),
        now,
        request.force(),
        null,
        after,
        nanoClock);
  }

  Id capture() {
    return capture;
  }

  /** Returns the rule of its own alert; empty if it has none. */
  String rule() {
    return alert == null ? "" : alert.rule();
  }

  CaptureContext context(Id evidence) {
    return new CaptureContext(
        capture, evidence, kinds, alert, reason, triggeredAt, force, this::joined);
  }

  /** Returns the collector's verdict, pending; null if none is needed. */
  @Nullable CompletableFuture<Verdict> verdict() {
    return verdict;
  }

  /**
   * Returns true if the alert became part of this capture.
   *
   * @param wanted the kinds of artifact that the alert's own capture would contain
   */
  boolean join(Alert other, Set<String> wanted) {
    lock.lock();
    try {
      if (!joinable || !kinds.containsAll(wanted) || needsOwnCapture(other)) {
        return false;
      }
      keep(other);
      long after = nanoClock.getAsLong() + afterNanos;
      if (after - takeAtNanos > 0) {
        takeAtNanos = after - latestNanos < 0 ? after : latestNanos;
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Adds the alert; of too many, one goes. The caller holds the lock. */
  private void keep(Alert other) {
    joined.add(other);
    if (joined.size() > JOINED_MAX) {
      joined.remove(least());
      joinedOmitted++;
    }
  }

  /**
   * Returns the place of the alert that matters least: one that repeats a rule before one that does
   * not, then one of the lowest level, the newest of several. With requests, anybody can cause many
   * alerts of one rule, or of a low level.
   */
  private int least() {
    Set<String> rules = new HashSet<>(Set.of(rule()));
    int least = 0;
    boolean leastRepeats = false;
    for (int i = 0; i < joined.size(); i++) {
      boolean repeats = !rules.add(joined.get(i).rule());
      boolean isNoGraver = joined.get(i).level().compareTo(joined.get(least).level()) <= 0;
      if (repeats == leastRepeats ? isNoGraver : repeats) {
        least = i;
        leastRepeats = repeats;
      }
    }
    return least;
  }

  /**
   * True for an out-of-memory alert: what fills the memory must be captured at once, and this
   * capture has already begun.
   */
  private boolean needsOwnCapture(Alert other) {
    return CaptureContext.isOutOfMemory(other) && !CaptureContext.isOutOfMemory(alert);
  }

  /** True if this takes longer than most: a heap snapshot, or a lack of memory. */
  boolean isSlow(String heap) {
    return kinds.contains(heap) || CaptureContext.isOutOfMemory(alert);
  }

  /** Waits until the aftermath is recorded; afterwards no alert joins. */
  void awaitAfter() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = takeAtNanos - nanoClock.getAsLong();
      while (left > 0 && !hurried) {
        long unused = changed.awaitNanos(left);
        left = takeAtNanos - nanoClock.getAsLong();
      }
      joinable = false;
    } finally {
      lock.unlock();
    }
  }

  /** Lets no more alerts join: the capture is over. */
  void end() {
    lock.lock();
    try {
      joinable = false;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The JVM ends: the recording is taken now, and no source gets more than half of the remaining
   * time, so that what was captured can be sealed.
   *
   * @param byNanos when the capture must be sealed, by the clock of this job
   */
  void hurry(long byNanos) {
    sealByNanos = byNanos;
    limited = true;
    hurry();
  }

  /**
   * Returns how much time is left to seal it; {@link Long#MAX_VALUE} while the JVM is not ending.
   */
  long leftNanos() {
    return limited ? sealByNanos - nanoClock.getAsLong() : Long.MAX_VALUE;
  }

  /** True if the capture is for an alert, or an alert has joined. */
  boolean isAlert() {
    lock.lock();
    try {
      return alert != null || !joined.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Counts an interruption by somebody else than the agent. Used only by the capture thread.
   *
   * @return true if the capture may be performed from its beginning once more
   */
  boolean mayBePerformedAgain() {
    repetitions++;
    return repetitions <= REPETITIONS_MAX;
  }

  /** The JVM ends: the recording is taken now. */
  void hurry() {
    lock.lock();
    try {
      hurried = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns the gravest joined alert whose rule is not in {@code queried}, the first of several;
   * null if there is none. In that case no more alerts join, because the capture is abandoned.
   */
  @Nullable Alert joinedOfOtherRule(Set<String> queried) {
    lock.lock();
    try {
      Alert gravest = null;
      for (Alert other : joined) {
        if (!queried.contains(other.rule())
            && (gravest == null || other.level().compareTo(gravest.level()) > 0)) {
          gravest = other;
        }
      }
      if (gravest == null) {
        joinable = false;
      }
      return gravest;
    } finally {
      lock.unlock();
    }
  }

  List<Alert> joined() {
    lock.lock();
    try {
      return List.copyOf(joined);
    } finally {
      lock.unlock();
    }
  }

  long joinedOmitted() {
    lock.lock();
    try {
      return joinedOmitted;
    } finally {
      lock.unlock();
    }
  }
}
