package whorl.agent.event;

import java.lang.ref.WeakReference;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import whorl.event.EventType;
import whorl.event.RequestContext;

/**
 * Finds events that repeat a recently emitted event and interest no rule. An event that equals such
 * an event within the second is counted with it, exactly, and not emitted. Whole texts are
 * compared; of sizes and times only the magnitude.
 *
 * <p>An event is counted only if the rules have evaluated an equal one, and only if no rule reads
 * more than is compared here; or if so many wait for the rules that the caller has equal ones
 * counted before. When the rules come or change, a new era begins and each event is emitted once
 * more. The number of kept events is bounded, and they have only short texts. Thread-safe, without
 * a lock.
 */
final class RepeatedEvents {
  /** Limit for all texts of an event together. */
  static final int MAX_CHARS = 1024;

  private static final long PERIOD_NANOS = 1_000_000_000L;
  private static final int SLOTS_PER_ROW = 4;
  private static final int CREATED = EventType.FILE_OPEN.indexOf("created");

  private final AtomicReferenceArray<@Nullable Emitted> emitted;
  private final AtomicLong era = new AtomicLong(1);
  private final AtomicLong counted = new AtomicLong();

  /**
   * @param kinds maximum number of events kept; a power of two
   */
  RepeatedEvents(int kinds) {
    emitted = new AtomicReferenceArray<>(Math.max(SLOTS_PER_ROW, kinds));
  }

  /** Receives the counts of events that were only counted. */
  @FunctionalInterface
  interface CountReporter {
    /**
     * @param count number of these events, including this one
     */
    void report(Emitted emitted, long count);
  }

  /** An event that was emitted, with the number of equal ones since. */
  static final class Emitted {
    private static final long LAST_STEP_NANOS = 10_000_000;

    /** A power of two. */
    private static final int EARLY_COUNT = 512;

    private static final int EARLY_EMITS = 4;

    private final EventType type;
    private final @Nullable Object[] values;
    private final @Nullable RequestContext request;
    private final int hash;
    private final LongAdder since = new LongAdder();

    /** Made once: counted requests may live long, and must not keep this object alive. */
    private final WeakReference<Emitted> reference = new WeakReference<>(this);

    private final AtomicLong atNanos;
    private volatile long era;
    private volatile long lastNanos;

    /** Not synchronized; an approximate value is enough. */
    private int earlyLeft = EARLY_COUNT * EARLY_EMITS;

    /**
     * @param nowNanos since 1970
     */
    Emitted(
        EventType type,
        @Nullable Object[] values,
        @Nullable RequestContext request,
        long era,
        long nowNanos) {
      this.type = type;
      this.values = values;
      this.request = request;
      this.hash = hash(type, values, request);
      this.era = era;
      this.atNanos = new AtomicLong(nowNanos);
      this.lastNanos = nowNanos;
    }

    EventType type() {
      return type;
    }

    /** In the order of {@link EventType#fields}; must not be changed. */
    @Nullable Object[] values() {
      return values;
    }

    /** A reference that is cleared after this entry is evicted. */
    WeakReference<Emitted> reference() {
      return reference;
    }

    /** The request for which it was emitted. */
    @Nullable RequestContext request() {
      return request;
    }

    /** Time of the last counted event, to about ten milliseconds. */
    long lastNanos() {
      return lastNanos;
    }

    /**
     * True if an equal event is counted now. When the period is over, one event returns false and
     * is emitted.
     */
    boolean counts(long nowEra, long nowNanos) {
      long at = atNanos.get();
      long age = nowNanos - at;
      if (era != nowEra
          || ((age < 0 || age >= periodNanos()) && atNanos.compareAndSet(at, nowNanos))) {
        return false;
      }
      since.increment();
      // Avoids contention on each write.
      if (nowNanos - lastNanos > LAST_STEP_NANOS) {
        lastNanos = nowNanos;
      }
      return true;
    }

    /**
     * At first some events are emitted before the second is over. Otherwise the JIT compiler would
     * never see the path of an emitted event, leave it out, and recompile the server's whole path a
     * second later.
     */
    private long periodNanos() {
      int left = earlyLeft;
      if (left > 0) {
        earlyLeft = left - 1;
        return (left & (EARLY_COUNT - 1)) == 1 ? 0 : PERIOD_NANOS;
      }
      return PERIOD_NANOS;
    }

    /** A counted event is emitted after all. */
    void discount() {
      since.decrement();
    }

    private boolean equals(
        int otherHash,
        EventType otherType,
        @Nullable Object[] others,
        @Nullable RequestContext otherRequest) {
      if (hash != otherHash || type != otherType || values.length != others.length) {
        return false;
      }
      for (int i = 0; i < values.length; i++) {
        if (!Objects.equals(compared(type, i, values[i]), compared(type, i, others[i]))) {
          return false;
        }
      }
      return type == EventType.HTTP_REQUEST || isSame(request, otherRequest);
    }
  }

  /** True if events of these values can be replaced by an equal one. */
  static boolean mayRepeat(EventType type, @Nullable Object[] values) {
    return switch (type) {
      case HTTP_REQUEST -> true;
      case FILE_OPEN -> !isTrue(values, CREATED);
      default -> false;
    };
  }

  /** The era to which a new event belongs. */
  long era() {
    return era.get();
  }

  /** Begins a new era, in which the rules evaluate each event again. */
  void beginEra() {
    era.incrementAndGet();
  }

  /** The kept event that equals this one; null if there is none. */
  @Nullable Emitted find(
      EventType type, @Nullable Object[] values, @Nullable RequestContext request) {
    int hash = hash(type, values, request);
    int row = row(hash);
    for (int slot = row; slot < row + SLOTS_PER_ROW; slot++) {
      Emitted kept = emitted.get(slot);
      if (kept != null && kept.equals(hash, type, values, request)) {
        return kept;
      }
    }
    return null;
  }

  /**
   * Keeps an event that was emitted and interests no rule.
   *
   * @param same the result of {@link #find} for it
   * @param reporter receives the count of an event that is evicted for this one
   */
  void keep(
      @Nullable Emitted same,
      EventType type,
      @Nullable Object[] values,
      @Nullable RequestContext request,
      long nowEra,
      long nowNanos,
      CountReporter reporter) {
    if (same != null) {
      same.era = nowEra;
      same.atNanos.set(nowNanos);
      return;
    }
    if (chars(values) > MAX_CHARS) {
      return;
    }
    Emitted next = new Emitted(type, values, request, nowEra, nowNanos);
    int row = row(next.hash);
    int oldest = row;
    for (int slot = row; slot < row + SLOTS_PER_ROW; slot++) {
      Emitted kept = emitted.get(slot);
      Emitted before = emitted.get(oldest);
      if (kept == null) {
        oldest = slot;
        break;
      }
      if (before != null && kept.atNanos.get() < before.atNanos.get()) {
        oldest = slot;
      }
    }
    Emitted evicted = emitted.getAndSet(oldest, next);
    if (evicted != null) {
      report(evicted, reporter);
    }
  }

  /** Takes the number of events that were counted with this one; the next event reports it. */
  long take(Emitted same) {
    long count = same.since.sumThenReset();
    if (count < 0) { // a request counted with the others was emitted after all
      same.since.add(count);
      return 0;
    }
    counted.addAndGet(count);
    return count;
  }

  /**
   * Reports the counts that are not reported yet.
   *
   * @param beforeNanos only for events emitted before this time, in nanoseconds since 1970
   */
  void reportAll(long beforeNanos, CountReporter reporter) {
    for (int slot = 0; slot < emitted.length(); slot++) {
      Emitted kept = emitted.get(slot);
      if (kept != null && kept.atNanos.get() < beforeNanos) {
        report(kept, reporter);
      }
    }
  }

  /** Number of events reported only by a count. */
  long counted() {
    return counted.get();
  }

  private void report(Emitted kept, CountReporter reporter) {
    long count = take(kept);
    if (count > 0) {
      reporter.report(kept, count);
    }
  }

  private int row(int hash) {
    int mixed = hash * 0x9E3779B9;
    return (mixed ^ mixed >>> 16) & (emitted.length() - SLOTS_PER_ROW);
  }

  private static int hash(
      EventType type, @Nullable Object[] values, @Nullable RequestContext request) {
    int hash = type.ordinal();
    for (int i = 0; i < values.length; i++) {
      Object value = compared(type, i, values[i]);
      hash = 31 * hash + (value == null ? 0 : value.hashCode());
    }
    return request == null || type == EventType.HTTP_REQUEST
        ? hash
        : 31 * hash + request.path().hashCode();
  }

  private static boolean isSame(@Nullable RequestContext one, @Nullable RequestContext other) {
    return one == null || other == null
        ? one == other
        : one.method().equals(other.method())
            && one.path().equals(other.path())
            && one.remoteAddress().equals(other.remoteAddress());
  }

  /** The value to compare instead of this one. */
  private static @Nullable Object compared(EventType type, int index, @Nullable Object value) {
    int bits = type.magnitudeFrom(index);
    return bits == 0 || !(value instanceof Long number)
        ? value
        : (Object) (Long.SIZE - Long.numberOfLeadingZeros(number >> bits));
  }

  private static boolean isTrue(@Nullable Object[] values, int index) {
    return index < values.length && Boolean.TRUE.equals(values[index]);
  }

  private static int chars(@Nullable Object[] values) {
    int chars = 0;
    for (Object value : values) {
      chars += value instanceof String text ? text.length() : 0;
    }
    return chars;
  }
}
