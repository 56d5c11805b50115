package whorl.agent.event;

import java.lang.ref.WeakReference;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Which events were told lately and are of no further interest by themselves: one that equals such
 * an event within the second is counted with it, exactly, and not told. Texts are compared as a
 * whole; of sizes and times only the magnitude is.
 *
 * <p>Nothing is counted that rules have not been asked about, or that they would look at more
 * closely than at what is compared here. When they change, a new era begins, and each event is told
 * once more. It keeps a bounded number of events, of short texts only. Any thread, and without a
 * lock.
 */
final class RepeatedEvents {
  /** Of all texts of an event together. */
  static final int MAX_CHARS = 1024;

  private static final long PERIOD_NANOS = 1_000_000_000L;
  private static final int PLACES = 4;
  private static final int CREATED = EventType.FILE_OPEN.indexOf("created");

  private final AtomicReferenceArray<@Nullable Told> told;
  private final AtomicLong era = new AtomicLong(1);
  private final AtomicLong counted = new AtomicLong();

  /**
   * @param kinds how many events are known at most; a power of two
   */
  RepeatedEvents(int kinds) {
    told = new AtomicReferenceArray<>(Math.max(PLACES, kinds));
  }

  /** Takes what stands for events that were only counted. */
  @FunctionalInterface
  interface Untold {
    /**
     * @param count of these events, itself included
     */
    void tell(Told told, long count);
  }

  /** An event that was told, with the number of equal ones that came since. */
  static final class Told {
    private static final long MOMENT_NANOS = 10_000_000;

    /** A power of two. */
    private static final int EARLY_COUNT = 512;

    private static final int EARLY_TELLINGS = 4;

    private final EventType type;
    private final @Nullable Object[] values;
    private final @Nullable RequestContext request;
    private final int hash;
    private final LongAdder since = new LongAdder();

    /** Made once: requests that were counted may live long, and must not keep all this. */
    private final WeakReference<Told> weakly = new WeakReference<>(this);

    private final AtomicLong atNanos;
    private volatile long era;
    private volatile long lastNanos;

    /** As if by one thread, which is good enough for what it is for. */
    private int earlyLeft = EARLY_COUNT * EARLY_TELLINGS;

    /**
     * @param nowNanos of the epoch
     */
    Told(
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

    /** In the order of {@link EventType#fields}; not to be changed. */
    @Nullable Object[] values() {
      return values;
    }

    /** This, as long as it is known. */
    WeakReference<Told> weakly() {
      return weakly;
    }

    /** The request for which it was told. */
    @Nullable RequestContext request() {
      return request;
    }

    /** When the last event came that was counted, to about ten milliseconds. */
    long lastNanos() {
      return lastNanos;
    }

    /** Whether an equal event is counted now; of those that come when it is due, one is told. */
    boolean counts(long nowEra, long nowNanos) {
      long at = atNanos.get();
      long age = nowNanos - at;
      if (era != nowEra
          || ((age < 0 || age >= periodNanos()) && atNanos.compareAndSet(at, nowNanos))) {
        return false;
      }
      since.increment();
      // Threads would fight over each write.
      if (nowNanos - lastNanos > MOMENT_NANOS) {
        lastNanos = nowNanos;
      }
      return true;
    }

    /**
     * At first some are told before the second is over: a compiler that has never seen the way of
     * what is told would leave it out, and compile the server's whole way again a second later.
     */
    private long periodNanos() {
      int left = earlyLeft;
      if (left > 0) {
        earlyLeft = left - 1;
        return (left & (EARLY_COUNT - 1)) == 1 ? 0 : PERIOD_NANOS;
      }
      return PERIOD_NANOS;
    }

    /** One that was counted is told after all. */
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

  /** Whether an event of these values is as good as any that equals it. */
  static boolean mayRepeat(EventType type, @Nullable Object[] values) {
    return switch (type) {
      case HTTP_REQUEST -> true;
      case FILE_OPEN -> !isTrue(values, CREATED);
      default -> false;
    };
  }

  /** The era in which an event begins that is to be judged. */
  long era() {
    return era.get();
  }

  /** What was found of no interest is to be judged anew. */
  void beginEra() {
    era.incrementAndGet();
  }

  /** The event that equals this one; null when none is known. */
  @Nullable Told find(EventType type, @Nullable Object[] values, @Nullable RequestContext request) {
    int hash = hash(type, values, request);
    int row = row(hash);
    for (int place = row; place < row + PLACES; place++) {
      Told one = told.get(place);
      if (one != null && one.equals(hash, type, values, request)) {
        return one;
      }
    }
    return null;
  }

  /**
   * An event was told and is of no further interest.
   *
   * @param same what {@link #find} found for it
   * @param untold takes the count of an event that is forgotten for this one
   */
  void tell(
      @Nullable Told same,
      EventType type,
      @Nullable Object[] values,
      @Nullable RequestContext request,
      long nowEra,
      long nowNanos,
      Untold untold) {
    if (same != null) {
      same.era = nowEra;
      same.atNanos.set(nowNanos);
      return;
    }
    if (chars(values) > MAX_CHARS) {
      return;
    }
    Told next = new Told(type, values, request, nowEra, nowNanos);
    int row = row(next.hash);
    int oldest = row;
    for (int place = row; place < row + PLACES; place++) {
      Told one = told.get(place);
      Told before = told.get(oldest);
      if (one == null) {
        oldest = place;
        break;
      }
      if (before != null && one.atNanos.get() < before.atNanos.get()) {
        oldest = place;
      }
    }
    Told gone = told.getAndSet(oldest, next);
    if (gone != null) {
      tell(gone, untold);
    }
  }

  /** Takes the number of events that were counted with this one; the next event tells it. */
  long take(Told same) {
    long count = same.since.sumThenReset();
    if (count < 0) { // one that was told with the others was told after all
      same.since.add(count);
      return 0;
    }
    counted.addAndGet(count);
    return count;
  }

  /**
   * Tells what is counted and not told yet.
   *
   * @param beforeNanos only of events that were told before this time of the epoch
   */
  void tellAll(long beforeNanos, Untold untold) {
    for (int place = 0; place < told.length(); place++) {
      Told one = told.get(place);
      if (one != null && one.atNanos.get() < beforeNanos) {
        tell(one, untold);
      }
    }
  }

  /** How many events were counted, and told by the count alone. */
  long counted() {
    return counted.get();
  }

  private void tell(Told one, Untold untold) {
    long count = take(one);
    if (count > 0) {
      untold.tell(one, count);
    }
  }

  private int row(int hash) {
    int mixed = hash * 0x9E3779B9;
    return (mixed ^ mixed >>> 16) & (told.length() - PLACES);
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

  /** What stands for a value where it is compared. */
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
