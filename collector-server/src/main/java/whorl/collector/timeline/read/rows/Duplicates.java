package whorl.collector.timeline.read.rows;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds events of a smaller source that a larger one also has: ring events that are in the
 * recording, console lines that are events. Two are the same if type, thread and texts are equal
 * and their times are close. First, all events of the smaller source are announced. Then several
 * threads report the events of the larger one. Finally, all are compared at once in time order, so
 * the result does not depend on the order of the threads.
 */
public final class Duplicates {
  private static final long NEAR_NANOS = 500_000_000;
  private static final int ANNOUNCED_MAX = 500_000;
  private static final int OBSERVED_MAX = 1_000_000;

  private static final int NONE = -1;

  private final Map<Long, Occurrences> byKey = new HashMap<>();
  private long[] times = new long[1024];
  private int[] next = new int[1024];
  private int announced;
  private long[] observedKeys = new long[1024];
  private long[] observedTimes = new long[1024];
  private int observed;
  private final BitSet taken = new BitSet();
  private boolean matched;

  /** The announced events of one key, oldest first, linked by {@link #next}. */
  private static final class Occurrences {
    private int pending;
    private int last;

    Occurrences(int first) {
      pending = first;
      last = first;
    }
  }

  /** A 64-bit key that does not depend on the order in which parts are added. */
  public static final class Key {
    private static final char MASK = '*';
    private static final long HASH_START = 1125899906842597L;

    private long sum;

    public Key begin(long typeHash, byte[] thread) {
      sum = mix(typeHash * 31 + hash(thread));
      return this;
    }

    public Key begin(String type, String thread) {
      sum = mix(hash(type) * 31 + hash(thread));
      return this;
    }

    /** Adds a field, unless it is empty or of the request: a recording has only its id. */
    public void addField(String field, @Nullable String value) {
      if (value != null && !value.isEmpty() && !field.startsWith("request")) {
        add(field, value);
      }
    }

    public void add(String field, String value) {
      sum += mix(hash(field) * 31 + hash(value));
    }

    /**
     * @param fieldHash the {@link #hash} of the field's name
     * @param utf8 its value
     */
    public void add(long fieldHash, byte[] utf8) {
      sum += mix(fieldHash * 31 + hash(utf8));
    }

    public long value() {
      return mix(sum);
    }

    /** The hash of the text that these bytes encode. */
    static long hash(byte[] utf8) {
      long hash = HASH_START;
      byte before = 0;
      for (byte each : utf8) {
        if (each < 0) {
          return hash(new String(utf8, StandardCharsets.UTF_8));
        }
        if (each != MASK || before != MASK) {
          hash = 31 * hash + each;
        }
        before = each;
      }
      return hash;
    }

    /** Hashes a run of asterisks as one: only in a recording is a mask as long as its secret. */
    public static long hash(String text) {
      long hash = HASH_START;
      char before = 0;
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c != MASK || before != MASK) {
          hash = 31 * hash + c;
        }
        before = c;
      }
      return hash;
    }

    private static long mix(long value) {
      long z = value * 0x9E3779B97F4A7C15L;
      z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
      z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
      return z ^ z >>> 31;
    }
  }

  /** Adds the next event of the smaller source. False if there is no room for it. */
  public boolean announce(long key, long epochNanos) {
    if (announced >= ANNOUNCED_MAX) {
      return false;
    }
    if (announced == times.length) {
      times = Arrays.copyOf(times, announced * 2);
      next = Arrays.copyOf(next, announced * 2);
    }
    times[announced] = epochNanos;
    next[announced] = NONE;
    Occurrences same = byKey.get(key);
    if (same == null) {
      byKey.put(key, new Occurrences(announced));
    } else {
      next[same.last] = announced;
      same.last = announced;
    }
    announced++;
    return true;
  }

  public boolean isEmpty() {
    return announced == 0;
  }

  /** Reports an event of the larger source. */
  public void observe(long key, long epochNanos) {
    if (!byKey.isEmpty()
        && byKey.containsKey(key)) { // announcing is over, so this read needs no lock
      note(key, epochNanos);
    }
  }

  private synchronized void note(long key, long epochNanos) {
    if (matched) {
      throw new IllegalStateException("the events were already compared");
    }
    if (observed >= OBSERVED_MAX) {
      return;
    }
    if (observed == observedKeys.length) {
      observedKeys = Arrays.copyOf(observedKeys, observed * 2);
      observedTimes = Arrays.copyOf(observedTimes, observed * 2);
    }
    observedKeys[observed] = key;
    observedTimes[observed] = epochNanos;
    observed++;
  }

  /** True if the announced event with this index is also in the larger source. */
  public synchronized boolean isDuplicate(int index) {
    if (!matched) {
      match();
      matched = true;
    }
    return taken.get(index);
  }

  private void match() {
    Integer[] order = new Integer[observed];
    Arrays.setAll(order, i -> i);
    Arrays.sort(
        order,
        (a, b) ->
            observedTimes[a] != observedTimes[b]
                ? Long.compare(observedTimes[a], observedTimes[b])
                : Long.compare(observedKeys[a], observedKeys[b]));
    for (int i : order) {
      take(observedKeys[i], observedTimes[i]);
    }
    observedKeys = new long[0];
    observedTimes = new long[0];
  }

  /**
   * Takes the first announced event with this key whose time is close. Times are processed in
   * ascending order, so an event that is too old now is too old for all later ones.
   */
  private void take(long key, long epochNanos) {
    Occurrences same = byKey.get(key);
    if (same == null) {
      return;
    }
    while (same.pending != NONE && times[same.pending] < epochNanos - NEAR_NANOS) {
      same.pending = next[same.pending];
    }
    if (same.pending != NONE && times[same.pending] <= epochNanos + NEAR_NANOS) {
      taken.set(same.pending);
      same.pending = next[same.pending];
    }
  }
}
