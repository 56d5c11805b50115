package whorl.agent.capture;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.AlertReporter.Verdict;
import whorl.evidence.Alert;
import whorl.evidence.CollectorMessage.StartCapture;
import whorl.evidence.Id;

/**
 * One capture that waits or runs, and the alerts that joined it. Alerts join until the recording is
 * taken; each moves that moment on, so that its own aftermath is recorded too, up to a limit.
 */
final class CaptureJob {
  private static final int JOINED_MAX = 100;
  private static final int AFTER_MAX_TIMES = 4;

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
  private long joinedNotKept;
  private long takeAtNanos;
  private boolean joinable;
  private boolean hurried;
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
    this.latestNanos = nowNanos + AFTER_MAX_TIMES * afterNanos;
    this.joinable = true;
  }

  /** For an alert of the agent's own rules, whose verdict somebody will complete. */
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

  /** For a request, which needs no verdict. */
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

  CaptureContext context(Id evidence) {
    return new CaptureContext(
        capture, evidence, kinds, alert, reason, triggeredAt, force, this::joined);
  }

  /** The verdict that was asked for; null when nobody needs to be asked. */
  @Nullable CompletableFuture<Verdict> verdict() {
    return verdict;
  }

  /**
   * Whether the alert became part of this capture.
   *
   * @param wanted the kinds of artifact that the alert's own capture would bring
   */
  boolean join(Alert other, Set<String> wanted) {
    lock.lock();
    try {
      if (!joinable || !kinds.containsAll(wanted) || wantsItsOwn(other)) {
        return false;
      }
      if (joined.size() < JOINED_MAX) {
        joined.add(other);
      } else {
        joinedNotKept++;
      }
      long after = nanoClock.getAsLong() + afterNanos;
      if (after - takeAtNanos > 0) {
        takeAtNanos = after - latestNanos < 0 ? after : latestNanos;
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** What fills the memory is to be seen at once or not at all, and this capture has begun. */
  private boolean wantsItsOwn(Alert other) {
    return CaptureContext.isOutOfMemory(other) && !CaptureContext.isOutOfMemory(alert);
  }

  /** Whether this needs more time than most: for a heap snapshot, or for want of memory. */
  boolean isSlow(String heap) {
    return kinds.contains(heap) || CaptureContext.isOutOfMemory(alert);
  }

  /** Waits until the aftermath is recorded; from then on no alert joins. */
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

  /** Nothing joins any more, for the capture is given up. */
  void end() {
    lock.lock();
    try {
      joinable = false;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The JVM ends: the recording is taken now, and no source gets more than half of the time that is
   * left, so that what was had is sealed.
   *
   * @param byNanos when it ends, by the clock of this job
   */
  void hurry(long byNanos) {
    sealByNanos = byNanos;
    limited = true;
    hurry();
  }

  /** How much time there is to seal it; a great deal, as long as the JVM goes on. */
  long leftNanos() {
    return limited ? sealByNanos - nanoClock.getAsLong() : Long.MAX_VALUE;
  }

  /** Whether it is about an alert. */
  boolean isAlert() {
    lock.lock();
    try {
      return alert != null || !joined.isEmpty();
    } finally {
      lock.unlock();
    }
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
   * The first joined alert of a rule that is not among {@code asked}; null when there is none, and
   * then nothing joins any more, for the capture is given up.
   */
  @Nullable Alert joinedOfOtherRule(Set<String> asked) {
    lock.lock();
    try {
      for (Alert other : joined) {
        if (!asked.contains(other.rule())) {
          return other;
        }
      }
      joinable = false;
      return null;
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

  long joinedNotKept() {
    lock.lock();
    try {
      return joinedNotKept;
    } finally {
      lock.unlock();
    }
  }
}
