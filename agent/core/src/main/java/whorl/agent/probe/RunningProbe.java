package whorl.agent.probe;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.Handoff;
import whorl.agent.redact.Redactor;
import whorl.evidence.Id;
import whorl.evidence.channel.ProbeRequest;

/**
 * A probe and what it has recorded. The application's threads ask {@link #admits} and {@link #add}
 * calls, without a lock; everything else is for the probes' own thread.
 */
final class RunningProbe {
  /** Calls that are recorded in a second; others are only counted. */
  static final int CALLS_PER_SECOND = 50;

  private static final int WAITING_BYTES = 2 << 20;

  private final Id id;
  private final ProbeRequest request;
  private final @Nullable Redactor redactor;
  private final long endNanos;
  private final Handoff<RecordedCall> waiting = new Handoff<>(2 * CALLS_PER_SECOND, WAITING_BYTES);
  private final AtomicInteger left = new AtomicInteger();
  private final AtomicInteger admitted = new AtomicInteger();
  private final AtomicLong recorded = new AtomicLong();
  private final LongAdder skipped = new LongAdder();
  private volatile boolean active;

  /** Only the probes' thread uses this and the following fields. */
  private final List<WeakReference<Class<?>>> classes = new ArrayList<>();

  private final List<String> notes = new ArrayList<>();
  private long refilledNanos;
  private boolean woven;

  /**
   * @param redactor masks values of arguments
   * @param nowNanos by the monotonic clock
   */
  RunningProbe(Id id, ProbeRequest request, Redactor redactor, long nowNanos) {
    this.id = id;
    this.request = request;
    this.redactor = request.arguments() ? redactor : null;
    this.endNanos = nowNanos + request.seconds() * 1_000_000_000L;
    this.refilledNanos = nowNanos;
  }

  Id id() {
    return id;
  }

  ProbeRequest request() {
    return request;
  }

  /** Masks values; null if none are recorded. */
  @Nullable Redactor redactor() {
    return redactor;
  }

  /** True if this call is recorded; otherwise it is counted. Takes some nanoseconds. */
  boolean admits() {
    if (!active) {
      return false;
    }
    if (left.get() <= 0 || left.decrementAndGet() < 0) {
      skipped.increment();
      return false;
    }
    if (admitted.incrementAndGet() > request.calls()) {
      admitted.decrementAndGet();
      return false;
    }
    return true;
  }

  /** True while calls are recorded. */
  boolean isActive() {
    return active;
  }

  /** The number of the next recorded call, from 1. */
  long nextNumber() {
    return recorded.incrementAndGet();
  }

  /** Adds a call that has ended; one too many is counted as lost. */
  void add(RecordedCall call) {
    boolean unused = waiting.offer(call, call.bytes());
  }

  /** From now on calls are recorded. */
  void start() {
    woven = true;
    left.set(CALLS_PER_SECOND);
    active = true;
  }

  /** From now on no call is recorded. */
  void stop() {
    active = false;
  }

  /** Lets as many calls be recorded as in a second, if a second is over. */
  void refill(long nowNanos) {
    if (nowNanos - refilledNanos >= 1_000_000_000L) {
      refilledNanos = nowNanos;
      left.set(CALLS_PER_SECOND);
    }
  }

  boolean isWoven() {
    return woven;
  }

  boolean isOver(long nowNanos) {
    return nowNanos - endNanos >= 0;
  }

  /** True if all calls that it may record have ended. */
  boolean isFull() {
    return recorded.get() >= request.calls();
  }

  /** The oldest call that no report has; null if there is none. */
  @Nullable RecordedCall poll() {
    return waiting.poll();
  }

  long recorded() {
    return recorded.get();
  }

  long skipped() {
    return skipped.sum();
  }

  long lost() {
    return waiting.dropped();
  }

  void wove(List<Class<?>> types) {
    classes.clear();
    for (Class<?> type : types) {
      classes.add(new WeakReference<>(type));
    }
  }

  /** The woven classes that are still loaded. */
  List<Class<?>> classes() {
    List<Class<?>> loaded = new ArrayList<>();
    for (WeakReference<Class<?>> each : classes) {
      Class<?> type = each.get();
      if (type != null) {
        loaded.add(type);
      }
    }
    return loaded;
  }

  List<String> notes() {
    return notes;
  }
}
