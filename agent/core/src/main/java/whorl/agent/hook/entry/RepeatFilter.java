package whorl.agent.hook.entry;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import whorl.agent.config.MemoryBudget;
import whorl.agent.event.time.JvmClock;

/**
 * Filters repeats, so that the same thing is reported once in a while and only counted between. It
 * remembers only hashes, in a table of fixed size, and takes no lock. The hash has a different seed
 * in each JVM and covers the whole text, so that an attacker cannot construct a text that hides
 * behind another.
 */
final class RepeatFilter {
  /** Returned by {@link #admit} for a repeat that is only counted. */
  static final long SUPPRESSED = -1;

  private static final int SLOT_BITS = 10;
  private static final long PRIME = 0x9E3779B97F4A7C15L;

  private final long seed = ThreadLocalRandom.current().nextLong();
  private final long windowNanos;
  private final LongSupplier nanos;
  private final AtomicReferenceArray<Occurrence> table =
      new AtomicReferenceArray<>(1 << MemoryBudget.OF_THIS_JVM.tableBits(SLOT_BITS));
  private final LongAdder repeated = new LongAdder();

  /**
   * @param windowNanos how long repeats are only counted after a report
   */
  RepeatFilter(long windowNanos) {
    this(windowNanos, JvmClock.NANOS);
  }

  /**
   * @param nanos the time, as {@link System#nanoTime}
   */
  RepeatFilter(long windowNanos, LongSupplier nanos) {
    this.windowNanos = windowNanos;
    this.nanos = nanos;
  }

  private static final class Occurrence {
    private final long hash;
    private final long sinceNanos;
    private final AtomicInteger suppressed = new AtomicInteger();

    Occurrence(long hash, long sinceNanos) {
      this.hash = hash;
      this.sinceNanos = sinceNanos;
    }
  }

  /**
   * Admits or suppresses an occurrence.
   *
   * @return the number of occurrences suppressed since the last report, or {@link #SUPPRESSED} if
   *     the last report is within the window
   */
  long admit(String kind, String text) {
    long hash = hash(hash(seed, kind), text);
    int slot = (int) (hash >>> 54) & table.length() - 1;
    long now = nanos.getAsLong();
    Occurrence known = table.get(slot);
    if (known != null && known.hash == hash && now - known.sinceNanos < windowNanos) {
      known.suppressed.incrementAndGet();
      repeated.increment();
      return SUPPRESSED;
    }
    table.set(slot, new Occurrence(hash, now));
    return known != null && known.hash == hash ? known.suppressed.get() : 0;
  }

  /** The number of suppressed occurrences. */
  long repeated() {
    return repeated.sum();
  }

  private static long hash(long start, String text) {
    int length = text.length();
    long hash = start ^ length * PRIME;
    for (int i = 0; i < length; i++) {
      hash = (hash ^ text.charAt(i)) * PRIME;
      hash ^= hash >>> 29;
    }
    return (hash ^ hash >>> 32) * PRIME;
  }
}
